"""Vehicle signals under their COVESA VSS names, and a simulated vehicle."""
