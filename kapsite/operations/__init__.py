"""Whether the whole site works, asked by machines and by the operator. Looks at the features from
above: none of them imports this package."""
