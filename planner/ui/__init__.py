"""The Streamlit page: widgets to ``Scenario``, ``Plan`` to screen; no arithmetic."""
