"""Training: recipes, data, losses and one loop. Recipes are read by plain Python; all that trains needs PyTorch."""

from songkin.training.recipes import Recipe, read

__all__ = ["Recipe", "read"]
