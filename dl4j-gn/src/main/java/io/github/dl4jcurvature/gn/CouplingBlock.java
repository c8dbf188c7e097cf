/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The reversible map \(Y_1 = X_1 + F(X_2),\; Y_2 = X_2 + G(Y_1)\) of the halves of a batch [n, d].
 *
 * <p>Its inverse is \(X_2 = Y_2 - G(Y_1),\; X_1 = Y_1 - F(X_2)\). Source: Buffelli et al., Exact, tractable Gauss-Newton
 * optimization in deep reversible architectures (NeurIPS 2024, arXiv 2411.07979); Gomez et al. (NeurIPS 2017).
 */
record CouplingBlock(CouplingFunction f, CouplingFunction g) {

    /** Replaces X by Y. */
    void forward(INDArray x) {
        INDArray first = Halves.first(x);
        INDArray second = Halves.second(x);
        f.add(1, f.at(second), first);
        g.add(1, g.at(first), second);
    }

    /** Replaces Y by X. */
    void inverse(INDArray y) {
        atOutput(y);
    }

    /** The block at an input, which is not modified. */
    CouplingPoint atInput(INDArray x) {
        Features atF = f.at(Halves.second(x));
        INDArray y1 = Halves.first(x).dup('f');
        f.add(1, atF, y1);
        return new CouplingPoint(this, atF, g.at(y1));
    }

    /** The block at the input that has a given output; replaces Y by X. */
    CouplingPoint atOutput(INDArray y) {
        INDArray first = Halves.first(y);
        INDArray second = Halves.second(y);
        Features atG = g.at(first);
        g.add(-1, atG, second);
        Features atF = f.at(second);
        f.add(-1, atF, first);
        return new CouplingPoint(this, atF, atG);
    }
}
