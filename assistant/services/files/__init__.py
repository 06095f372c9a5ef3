"""The files of one folder, as tools. Nothing outside of that folder is read or changed."""
