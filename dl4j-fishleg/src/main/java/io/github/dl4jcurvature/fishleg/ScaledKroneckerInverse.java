/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Inverse Fisher block in Kronecker form with an elementwise scale,
 *
 * <p>\[ Q U = S \circ \bigl( M (S \circ U) P \bigr), \qquad M = R^\top R, \quad P = L L^\top, \]
 *
 * <p>with \( L \) of shape [inputs', inputs'], \( R \) of shape [outputs, outputs] and \( S \) of shape [outputs,
 * inputs']; \( \lambda = [L; R; S] \), each row by row. More expressive than {@link KroneckerInverse}, but the scale leaves
 * no way to work at the rank of the batch.
 *
 * <p>Source: the form of the authors' PyTorch package to Garcia et al., ICLR 2023.
 */
final class ScaledKroneckerInverse implements InverseFisher {
    private final InverseFisher kronecker;
    private final INDArray scale; // S [o, i']
    private final INDArray scaled; // S o U
    private final INDArray product; // M (S o U) P

    /**
     * Creates the block.
     *
     * @param kronecker the Kronecker part, whose factors lie right before the scale
     * @param scale S, shape [outputs, inputs'], live
     */
    ScaledKroneckerInverse(InverseFisher kronecker, INDArray scale) {
        this.kronecker = kronecker;
        this.scale = scale;
        scaled = scale.like();
        product = scale.like();
    }

    @Override
    public long size() {
        return kronecker.size() + scale.length();
    }

    @Override
    public void initialise(double q0) {
        kronecker.initialise(1);
        scale.assign(Math.sqrt(q0));
    }

    @Override
    public void initialise(INDArray diagonal) {
        kronecker.initialise(1);
        scale.assign(diagonal);
        Factors.squareRoot(scale);
    }

    @Override
    public void refresh() {
        kronecker.refresh();
    }

    @Override
    public void apply(INDArray u, INDArray result) {
        scaled.assign(u).muli(scale); // S o U [o, i']
        kronecker.apply(scaled, result);
        result.muli(scale);
    }

    @Override
    public void factorGradient(INDArray u, INDArray t, INDArray gradient) {
        long shared = kronecker.size();
        INDArray scaleGradient = Factors.matrix(gradient, shared, scale.size(0), scale.size(1));
        INDArray x = scale.mul(u); // [o, i']
        INDArray y = scale.mul(t); // [o, i']
        kronecker.apply(x, product);
        scaleGradient.assign(product).muli(t); // T o M X P
        kronecker.apply(y, product);
        scaleGradient.addi(product.muli(u)); // + U o M Y P
        kronecker.factorGradient(x, y, Factors.slice(gradient, 0, shared));
    }

    @Override
    public INDArray diagonal() {
        return kronecker.diagonal().muli(scale).muli(scale);
    }
}
