/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/**
 * A first layer \(Y = \phi(X V) W + b\) from any width to that of the reversible layers, trained by {@link GaussNewton}.
 *
 * <p>V [nIn, m] is fixed; without a hidden size, \(Y = X W + b\). It counts as one block. Its step is exact for batches of
 * at most m + 1, or nIn + 1, examples. With {@link GaussNewton} nothing goes back to layers below.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class TrainableInput extends LinearLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public TrainableInput() {}

    private TrainableInput(Builder builder) {
        super(builder, builder.hiddenSize);
    }

    @Override
    boolean passesTangents() {
        return false;
    }

    @Override
    public TrainableInput clone() {
        return (TrainableInput) super.clone();
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends FeedForwardLayer.Builder<Builder> {
        private long hiddenSize;

        /** With all defaults. */
        public Builder() {}

        /**
         * Sets the width of the hidden activations.
         *
         * @param m not negative; 0 for none
         * @return this
         */
        public Builder hiddenSize(long m) {
            if (m < 0) {
                throw new IllegalArgumentException("m is %d but must not be negative; use 0 for none".formatted(m));
            }
            hiddenSize = m;
            return this;
        }

        @Override
        public TrainableInput build() {
            return new TrainableInput(this);
        }
    }
}
