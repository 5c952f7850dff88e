"""Starts Django, which must stand before models can be imported, then measures."""

import runpy

import django

django.setup()
runpy.run_module("tests.bench.measure", run_name="__main__")
