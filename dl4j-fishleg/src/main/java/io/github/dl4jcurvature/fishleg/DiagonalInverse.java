/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Diagonal inverse Fisher block, \( Q U = d \circ d \circ U \) with \( \lambda = d \); matrices have one row. */
final class DiagonalInverse implements InverseFisher {
    private final INDArray root; // d [1, n]
    private final INDArray square; // d o d [1, n]

    DiagonalInverse(INDArray lambda) {
        root = Factors.matrix(lambda, 0, 1, lambda.length());
        square = Nd4j.createUninitializedDetached(lambda.dataType(), 'c', 1, lambda.length());
    }

    @Override
    public long size() {
        return root.length();
    }

    @Override
    public void initialise(double scale) {
        root.assign(Math.sqrt(scale));
    }

    @Override
    public void initialise(INDArray diagonal) {
        root.assign(diagonal);
        Factors.squareRoot(root);
    }

    @Override
    public void refresh() {
        square.assign(root).muli(root);
    }

    @Override
    public void apply(INDArray u, INDArray result) {
        result.assign(u).muli(square);
    }

    @Override
    public void factorGradient(INDArray u, INDArray t, INDArray gradient) {
        Factors.matrix(gradient, 0, 1, root.length())
                .assign(u)
                .muli(t)
                .muli(root)
                .muli(2); // 2 d o U o T
    }

    @Override
    public INDArray diagonal() {
        return root.mul(root);
    }
}
