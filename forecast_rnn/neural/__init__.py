"""The network, and the only place that imports torch.

Dimension letters, used in brackets throughout:
`R` rows of a panel · `N` items · `B` series in a batch · `T` recurrent steps ·
`W` window_length · `H` horizon · `C` input channels · `D` hidden_size ·
`Q` quantile levels · `E` members of an ensemble.
"""
