"""placeholder"""


def write_report(run, training, summary):
    pass
