"""What keeps calls going over a network that fails; one idea a file, none of them contacts anybody."""
