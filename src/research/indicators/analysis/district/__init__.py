"""What only the whole district is asked: its gaps, its places beside each other, its portraits, published figures."""
