"""What the driver has told about themselves: kept on this device, shown, edited and erased by voice and by command."""
