"""The made-up street office that ``make_demo.py`` writes."""
