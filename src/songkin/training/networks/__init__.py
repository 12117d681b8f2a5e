"""Networks that are trained: PyTorch modules, each read from and written to a folder of safetensors."""
