/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Map;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Amortised latents: the layers below compute from the data of a time the parameters of its latent, [b, e + p]: e numbers of the
 * mean, normalised here where points have norm one, then p of the covariance, logarithms of standard deviations on the diagonal.
 * With this layer new times need no fit. See {@link LatentLayer} for the output.
 *
 * <p>No parameters of its own but {@code prior} of priors that learn something. Noise is drawn by the row in the batch.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class ManifoldReparameterizationLayer extends LatentLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public ManifoldReparameterizationLayer() {}

    private ManifoldReparameterizationLayer(Builder builder) {
        super(builder);
        setNIn(inputs());
    }

    /** Numbers needed for each time, e + p. */
    public int inputs() {
        return manifold.embeddingSize() + factors().count();
    }

    /** Numbers needed for each time on a manifold with full tangent covariances, e + p: the width of the layer below. */
    public static int inputsFor(Manifold manifold) {
        return manifold.embeddingSize() + new FactorParameters(manifold, TangentCovariance.FULL, 0).count();
    }

    @Override
    public RowParameters initializer() {
        return Parameters.INSTANCE;
    }

    @Override
    BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new ManifoldReparameterizationLayerImpl(configuration, type);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (inputType instanceof InputType.InputTypeFeedForward input && input.getSize() != inputs()) {
            throw new IllegalArgumentException(
                    "input of layer '%s' has %d columns but %s needs %d: %d for the mean and %d for the covariance; change nOut of the layer below"
                            .formatted(
                                    getLayerName(),
                                    input.getSize(),
                                    manifold,
                                    inputs(),
                                    manifold.embeddingSize(),
                                    factors().count()));
        }
    }

    @Override
    public ManifoldReparameterizationLayer clone() {
        return (ManifoldReparameterizationLayer) super.clone();
    }

    private static final class Parameters extends RowParameters {
        static final Parameters INSTANCE = new Parameters();

        @Override
        Map<String, double[][]> initial(Layer layer, long seed) {
            LatentPrior prior = ((ManifoldReparameterizationLayer) layer).getPrior();
            return prior.parameters() == 0
                    ? Map.of()
                    : Map.of(ManifoldLatentLayer.PRIOR, new double[][] {prior.initialParameters()});
        }

        @Override
        Map<String, long[]> shapes(Layer layer) {
            int parameters =
                    ((ManifoldReparameterizationLayer) layer).getPrior().parameters();
            return parameters == 0 ? Map.of() : Map.of(ManifoldLatentLayer.PRIOR, new long[] {1, parameters});
        }
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends LatentLayer.Builder<Builder> {

        /** For latents on a manifold. */
        public Builder(Manifold manifold) {
            super(manifold);
        }

        @Override
        public ManifoldReparameterizationLayer build() {
            return new ManifoldReparameterizationLayer(this);
        }
    }
}
