/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Objects;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Configuration of layers \(Y = \phi(X V) W + b\) that are linear in what is trained; without V, \(Y = X W + b\).
 *
 * <p>Parameters {@code W b V}; V has variance 1/m and never changes.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
abstract class LinearLayer extends MatrixLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private long hiddenSize;

    LinearLayer() {}

    LinearLayer(FeedForwardLayer.Builder<?> builder, long hiddenSize) {
        super(builder);
        this.hiddenSize = hiddenSize;
        if (hiddenSize == 0) {
            setActivationFn(new ActivationIdentity());
        }
    }

    /** Whether tangents go on below. */
    abstract boolean passesTangents();

    /**
     * The width m of the hidden activations.
     *
     * @return m, or 0 if W is applied to the input itself
     */
    public long getHiddenSize() {
        return hiddenSize;
    }

    long features() {
        return hiddenSize == 0 ? nIn : hiddenSize;
    }

    @Override
    public final MatrixParameters initializer() {
        return LinearParameters.INSTANCE;
    }

    @Override
    final org.deeplearning4j.nn.layers.BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new LinearLayerImpl(configuration, type);
    }

    @Override
    final long workingElements() {
        return 3 * features();
    }

    @Override
    void requireValid() {
        if (nIn < 1 || nOut < 1) {
            throw new IllegalArgumentException(
                    "nIn and nOut of layer '%s' are %d and %d but must be at least 1; set both"
                            .formatted(getLayerName(), nIn, nOut));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinearLayer that
                && getClass() == that.getClass()
                && super.equals(that)
                && hiddenSize == that.hiddenSize;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), hiddenSize);
    }
}
