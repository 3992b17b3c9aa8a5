"""All series in one flat table, on their grid."""
