"""What a report says, once for every kind of file: texts and tables in one language."""
