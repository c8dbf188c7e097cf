/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.LinkedHashMap;
import java.util.Map;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Latents as free parameters: a mean on the manifold and a tangent covariance for every time. The input is the index of the time,
 * [b, 1], integers from 0 to T - 1.
 *
 * <p>Parameters {@code mean} [T, e], {@code spread} [T, p] and {@code prior} [1, k] of priors that learn something. All means start
 * at the identity; noise breaks the symmetry. See {@link LatentLayer} for the output. Source: Jensen, Kao, Tripodi and Hennequin
 * (NeurIPS 2020, arXiv 2006.07429).
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class ManifoldLatentLayer extends LatentLayer {
    private static final long serialVersionUID = 1L;
    static final String MEAN = "mean";
    static final String SPREAD = "spread";
    static final String PRIOR = "prior";

    /** For deserialisation. */
    public ManifoldLatentLayer() {}

    private ManifoldLatentLayer(Builder builder) {
        super(builder);
        setNIn(1);
    }

    @Override
    public RowParameters initializer() {
        return Parameters.INSTANCE;
    }

    @Override
    BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new ManifoldLatentLayerImpl(configuration, type);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (inputType instanceof InputType.InputTypeFeedForward input && input.getSize() != 1) {
            throw new IllegalArgumentException(
                    "input of layer '%s' has %d columns but must be one, the index of the time"
                            .formatted(getLayerName(), input.getSize()));
        }
    }

    @Override
    public ManifoldLatentLayer clone() {
        return (ManifoldLatentLayer) super.clone();
    }

    private static final class Parameters extends RowParameters {
        static final Parameters INSTANCE = new Parameters();

        @Override
        Map<String, double[][]> initial(Layer layer, long seed) {
            ManifoldLatentLayer own = (ManifoldLatentLayer) layer;
            int times = own.timePoints;
            double[][] means = new double[times][];
            double[][] spreads = new double[times][];
            for (int t = 0; t < times; t++) {
                means[t] = own.manifold.identity();
                spreads[t] = own.initialFactor();
            }
            Map<String, double[][]> initial = new LinkedHashMap<>();
            initial.put(MEAN, means);
            initial.put(SPREAD, spreads);
            if (own.getPrior().parameters() > 0) {
                initial.put(PRIOR, new double[][] {own.getPrior().initialParameters()});
            }
            return initial;
        }

        @Override
        Map<String, long[]> shapes(Layer layer) {
            ManifoldLatentLayer own = (ManifoldLatentLayer) layer;
            Map<String, long[]> shapes = new LinkedHashMap<>();
            shapes.put(MEAN, new long[] {own.timePoints, own.manifold.embeddingSize()});
            shapes.put(SPREAD, new long[] {own.timePoints, own.factors().count()});
            if (own.getPrior().parameters() > 0) {
                shapes.put(PRIOR, new long[] {1, own.getPrior().parameters()});
            }
            return shapes;
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
        public ManifoldLatentLayer build() {
            return new ManifoldLatentLayer(this);
        }
    }
}
