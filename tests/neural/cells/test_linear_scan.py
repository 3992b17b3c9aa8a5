import torch

from forecast_rnn.neural.cells.linear_scan import linear_scan


def numbers(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, dtype=torch.float64, requires_grad=True)


def test_it_is_the_recurrence():
    torch.manual_seed(0)
    a, b, h = numbers(6, 2, 3), numbers(6, 2, 3), numbers(2, 3)

    states = linear_scan(a, b, h)

    for step in range(6):
        before = states[step - 1] if step else h
        torch.testing.assert_close(states[step], a[step] * before + b[step])


def test_gradients_agree_with_finite_differences():
    torch.manual_seed(0)
    for steps in (1, 2, 5):
        parts = numbers(steps, 2, 3), numbers(steps, 2, 3), numbers(2, 3)

        assert torch.autograd.gradcheck(linear_scan, parts)


def test_a_decay_to_nothing_and_one_that_keeps_everything_are_exact():
    b = torch.ones(1000, 1, 2)
    a = torch.tensor([0.0, 1.0]).expand(1000, 1, 2)

    states = linear_scan(a, b, torch.zeros(1, 2))

    assert torch.equal(states[-1], torch.tensor([[1.0, 1000.0]]))
