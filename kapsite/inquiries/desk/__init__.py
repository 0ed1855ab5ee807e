"""What staff see of requests, and what they do with them."""
