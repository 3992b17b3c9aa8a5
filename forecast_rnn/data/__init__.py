"""From files to panels: reading, checking, the calendar, and the regular grid."""
