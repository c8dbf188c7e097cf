/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/**
 * A readout \(O = X W + b\) that is trained by {@link GaussNewton} with the reversible layers below.
 *
 * <p>It counts as one block; its own step is exact for batches of at most nIn + 1 examples. Below goes \(T = R W^+\), so
 * that \(T W = R\), for which \(nOut \le nIn\) and the columns of W must be linearly independent.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class TrainableReadout extends LinearLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public TrainableReadout() {}

    private TrainableReadout(Builder builder) {
        super(builder, 0);
        if (nOut > nIn && nIn > 0) {
            throw new IllegalArgumentException(
                    "nOut is %d but must not exceed nIn, %d; widen the layers below".formatted(nOut, nIn));
        }
    }

    @Override
    boolean passesTangents() {
        return true;
    }

    @Override
    public TrainableReadout clone() {
        return (TrainableReadout) super.clone();
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends FeedForwardLayer.Builder<Builder> {
        /** With all defaults. */
        public Builder() {}

        @Override
        public TrainableReadout build() {
            return new TrainableReadout(this);
        }
    }
}
