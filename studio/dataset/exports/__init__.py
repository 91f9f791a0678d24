"""What an export is, does, leaves behind and takes back."""
