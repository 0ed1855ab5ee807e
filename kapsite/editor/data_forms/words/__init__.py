"""What a file says, and what is wrong with it, in the words of its form."""
