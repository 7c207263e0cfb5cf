"""What `manage.py` does once its virtual environment stands: start the parts, watch them, test."""
