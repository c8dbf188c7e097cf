/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A fixed readout \(O = X U\) with orthonormal columns U [d, q], \(q \le d\), drawn once.
 *
 * <p>Because \(U^\top U = I\), what goes back, \(T = R U^\top\), is the gradient and also a tangent with \(T U = R\). Use it
 * between reversible layers and a {@code LossLayer}. Source: Buffelli et al. (NeurIPS 2024, arXiv 2411.07979).
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class OrthonormalReadout extends MatrixLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public OrthonormalReadout() {}

    private OrthonormalReadout(Builder builder) {
        super(builder);
    }

    @Override
    public MatrixParameters initializer() {
        return OrthonormalParameters.INSTANCE;
    }

    @Override
    BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new OrthonormalReadoutImpl(configuration, type);
    }

    @Override
    long workingElements() {
        return nIn;
    }

    @Override
    void requireValid() {
        if (!(nOut >= 1 && nOut <= nIn)) {
            throw new IllegalArgumentException(
                    "nOut of layer '%s' is %d but must be between 1 and nIn, %d; widen the layers below"
                            .formatted(getLayerName(), nOut, nIn));
        }
    }

    @Override
    public OrthonormalReadout clone() {
        return (OrthonormalReadout) super.clone();
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends FeedForwardLayer.Builder<Builder> {
        /** With all defaults. */
        public Builder() {}

        @Override
        public OrthonormalReadout build() {
            return new OrthonormalReadout(this);
        }
    }
}
