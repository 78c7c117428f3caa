"""`python -m blog` starts the production server."""

from blog.serving import main

main()
