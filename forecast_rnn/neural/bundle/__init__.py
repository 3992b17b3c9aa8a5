"""The folder of a trained model, written and checked."""
