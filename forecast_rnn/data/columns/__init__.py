"""What the cells of a column say: numbers, times, names."""
