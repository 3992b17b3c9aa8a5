"""Files, memory and processes: what the operating system is asked for."""
