"""The speed limits of the application, measured on both databases: `script/bench`."""
