"""What turns hidden values into a forecast."""
