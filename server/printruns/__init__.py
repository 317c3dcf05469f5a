"""Paper sendings: who gets it on paper, who carries it, what came back."""
