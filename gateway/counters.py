"""Prometheus metrics of sockets, served on the operator's port."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("einstellen_gateway_sockets", "Open sockets.")
ROOMS = Gauge("einstellen_gateway_rooms", "Rooms with sockets in this process.")
FRAMES = Counter("einstellen_gateway_frames_total", "Frames, by direction.", ["direction"])
UPDATES = Counter("einstellen_gateway_document_updates_total", "Updates of shared documents that were logged.")
CLOSED = Counter("einstellen_gateway_closed_total", "Sockets that the gateway closed, by code.", ["code"])
HEALED = Counter("einstellen_gateway_healed_total", "Times that a room loaded from its owner what it had not been told.")
