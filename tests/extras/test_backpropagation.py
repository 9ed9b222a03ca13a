"""The network's gradient by back-propagation against PyTorch's automatic differentiation."""

import numpy as np
import pytest
import torch

from descent import Network


@pytest.mark.parametrize("hidden", [(), (5,), (6, 4)])
def test_loss_and_gradient_are_those_of_pytorch(hidden):
    rng = np.random.default_rng(len(hidden))
    net = Network(rng.normal(size=(30, 4)), rng.integers(3, size=30), hidden, classes=3)
    theta = rng.normal(size=net.dim)
    layers = [torch.tensor(part, requires_grad=True) for layer in net.layers(theta) for part in layer]
    h = torch.tensor(net.X)
    for k in range(0, len(layers), 2):
        h = (torch.tanh(h) if k else h) @ layers[k].T + layers[k + 1]
    loss = torch.nn.functional.cross_entropy(h, torch.tensor(net.y))
    loss.backward()
    assert net.value(theta) == pytest.approx(loss.item(), rel=1e-13)
    theirs = np.concatenate([part.grad.numpy().ravel() for part in layers])
    np.testing.assert_allclose(net.grad(theta), theirs, rtol=1e-11, atol=1e-15)
