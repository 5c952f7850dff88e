"""Documents in the layout of Nghị định 30/2020/NĐ-CP, by WeasyPrint."""
