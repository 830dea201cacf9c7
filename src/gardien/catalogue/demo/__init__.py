"""The project's own price list: invented brands in euros, hard designations, and lines that belong in quarantine."""

from pathlib import Path

PRICE_LIST = Path(__file__).with_name("tyres-demo-fr.csv")
