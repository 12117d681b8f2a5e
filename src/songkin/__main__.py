"""`python -m songkin` is the command line."""

from songkin.serve.cli import main

main()
