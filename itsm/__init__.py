"""Maru: settings, root URLs, the Celery app and the launcher.

Imports nothing: the launcher lives as long as the installation and must stay small.
``itsm.apps`` loads Celery.
"""
