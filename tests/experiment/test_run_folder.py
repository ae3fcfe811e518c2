"""What a run folder says of itself, and what it says when it is damaged."""

import pytest

from lava_ib import InputError
from lava_ib.experiment.run_folder import RunFolder


def test_there_is_no_summary_before_the_end(tmp_path):
    assert RunFolder(tmp_path).summary() is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"test_accuracy": "good"}', "\ufffd"])
def test_a_damaged_summary_is_refused_in_one_line(tmp_path, content):
    run = RunFolder(tmp_path)
    run.summary_file.write_text(content)
    with pytest.raises(InputError, match=r"summary\.json: not a summary"):
        run.summary()
