/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Objects;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Configuration of layers made of reversible blocks \(Y_1 = X_1 + \phi(X_2 V_F) W_F + b_F,\; Y_2 = X_2 + \phi(Y_1 V_G) W_G +
 * b_G\) on the halves of their input.
 *
 * <p>W [m, d/2] and b are trained; V [d/2, m] is drawn once, with variance 1/m, and never changes. Weights start with the
 * standard deviation 1e-3 unless {@code weightInit} says otherwise, biases at {@code biasInit}, by default 0. With an
 * ordinary updater the layers return ordinary gradients, with {@link GaussNewton} they write its steps.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public abstract class ReversibleLayer extends MatrixLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private long hiddenSize;

    @JsonProperty
    private boolean hasBias;

    /** For deserialisation. */
    protected ReversibleLayer() {}

    /**
     * Takes over what was configured.
     *
     * @param builder the values
     */
    protected ReversibleLayer(Builder<?> builder) {
        super(builder);
        hiddenSize = builder.hiddenSize;
        hasBias = builder.hasBias;
        setNOut(Math.max(nIn, nOut));
        if (nIn == 0) {
            setNIn(nOut);
        }
        if (nIn != nOut) {
            throw new IllegalArgumentException(
                    "nIn is %d and nOut %d but a reversible layer keeps the width; give one of them"
                            .formatted(nIn, nOut));
        }
    }

    /** The number of blocks. */
    abstract int blocks();

    /** What a block's parameter names end with. */
    abstract String suffix(int block);

    /** After how many blocks activations are kept; 0 for never. */
    abstract int keepEvery();

    /**
     * The width m of the hidden activations.
     *
     * @return m, or 0 if there is no fixed matrix V and \(m = d/2\)
     */
    public long getHiddenSize() {
        return hiddenSize;
    }

    /**
     * Whether there are biases.
     *
     * @return true if there are
     */
    public boolean hasBias() {
        return hasBias;
    }

    /** Columns of the activations that W is applied to. */
    long features() {
        return hiddenSize == 0 ? nIn / 2 : hiddenSize;
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        setNOut(getNIn());
    }

    @Override
    public final MatrixParameters initializer() {
        return CouplingParameters.INSTANCE;
    }

    @Override
    final org.deeplearning4j.nn.layers.BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new ReversibleLayerImpl(configuration, type);
    }

    @Override
    final long workingElements() {
        return 2 * (getNIn() + 3 * features());
    }

    @Override
    final void requireValid() {
        if (nIn < 2 || nIn % 2 != 0) {
            throw new IllegalArgumentException(
                    "nIn of layer '%s' is %d but must be even and at least 2; append a column of zeros to the data"
                            .formatted(getLayerName(), nIn));
        }
        if (getWeightNoise() != null) {
            throw new IllegalArgumentException(
                    "weight noise %s of layer '%s' is not supported: activations are computed twice and must be the same; remove it"
                            .formatted(getWeightNoise(), getLayerName()));
        }
        if (getActivationFn() instanceof ActivationSoftmax || getActivationFn() instanceof ActivationRReLU) {
            throw new IllegalArgumentException(
                    "activation %s of layer '%s' must work element by element and without chance; use RELU or TANH"
                            .formatted(getActivationFn(), getLayerName()));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReversibleLayer that
                && getClass() == that.getClass()
                && super.equals(that)
                && hiddenSize == that.hiddenSize
                && hasBias == that.hasBias;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), hiddenSize, hasBias);
    }

    /**
     * Values of a reversible layer.
     *
     * @param <T> the builder
     */
    @SuppressWarnings("unchecked")
    public abstract static class Builder<T extends Builder<T>> extends FeedForwardLayer.Builder<T> {
        private static final double WEIGHT_DEVIATION = 1e-3;

        private long hiddenSize;
        private boolean hasBias = true;

        /** Sets the defaults. */
        protected Builder() {
            weightInitFn = new WeightInitDistribution(new NormalDistribution(0, WEIGHT_DEVIATION));
        }

        /**
         * Sets the width m of the hidden activations; without it, or with 0, there is no fixed matrix V.
         *
         * @param m not negative; steps are exact for batches of up to m + 1 examples, or m without bias
         * @return this
         */
        public T hiddenSize(long m) {
            if (m < 0) {
                throw new IllegalArgumentException("m is %d but must not be negative; use 0 for none".formatted(m));
            }
            hiddenSize = m;
            return (T) this;
        }

        /**
         * Sets whether there are biases.
         *
         * @param bias by default true
         * @return this
         */
        public T hasBias(boolean bias) {
            hasBias = bias;
            return (T) this;
        }
    }
}
