/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.Objects;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws latents in the forward pass and carries what comes back to their parameters.
 *
 * @param <C> configuration
 */
abstract class LatentLayerImpl<C extends LatentLayer> extends BaseLayer<C> {
    private transient @Nullable LatentDraw draw;
    private transient double divergence; // of the last forward pass for a time; the host clears layers before it asks

    LatentLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** Index of each row. */
    abstract int[] times();

    abstract double[][] rawMeans(int[] times);

    abstract double[][] rawFactors(int[] times);

    /** Writes derivatives to the parameters and returns those with respect to the input; null for the first layer. */
    abstract @Nullable INDArray spread(
            LatentDraw.Gradient derivatives, int[] times, Gradient gradient, LayerWorkspaceMgr workspaces);

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String name) {
        return false; // gradients are those of the score
    }

    private boolean hasEntropy() {
        return getIterationCount() >= layerConf().getBurnIn();
    }

    private double[] priorParameters() {
        INDArray prior = layerConf().getPrior().parameters() == 0 ? null : params.get(ManifoldLatentLayer.PRIOR);
        return prior == null ? new double[0] : DoubleRows.of(prior)[0];
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        C configuration = layerConf();
        if (input.isEmpty()) {
            throw new IllegalArgumentException("input of layer '%s' has shape %s but must have at least one row"
                    .formatted(configuration.getLayerName(), Arrays.toString(input.shape())));
        }
        int[] times = times();
        if (configuration.getPrior().isSequential()) {
            requireAllTimes(times);
        }
        double[][] means = rawMeans(times);
        int iteration = configuration.isFixedNoise() ? 0 : getIterationCount();
        LatentNoise noise = LatentNoise.of(conf().getSeed(), iteration);
        LatentDraw drawn = configuration
                .model()
                .draw(
                        means,
                        rawFactors(times),
                        priorParameters(),
                        times,
                        noise,
                        configuration.getSamples(),
                        new Partition(configuration.threads()));
        draw = drawn;
        divergence = drawn.divergence(hasEntropy()) / times.length;
        INDArray output = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, dataType, new long[] {times.length, configuration.getNOut()}, 'c');
        return output.assign(Nd4j.createFromArray(training ? rows(drawn) : tiled(means)));
    }

    private void requireAllTimes(int[] times) {
        C configuration = layerConf();
        boolean inOrder = times.length == configuration.getTimePoints();
        for (int t = 0; t < times.length; t++) {
            inOrder &= times[t] == t;
        }
        if (!inOrder) {
            throw new IllegalArgumentException(
                    "batch of layer '%s' has %d times but prior %s needs all %d in their order; use one batch, or a prior without memory"
                            .formatted(
                                    configuration.getLayerName(),
                                    times.length,
                                    configuration.getPrior(),
                                    configuration.getTimePoints()));
        }
    }

    private double[][] rows(LatentDraw drawn) {
        int e = layerConf().getManifold().embeddingSize();
        double[][] rows = new double[drawn.points(0).length][drawn.count() * e];
        for (int s = 0; s < drawn.count(); s++) {
            double[][] points = drawn.points(s);
            for (int t = 0; t < rows.length; t++) {
                System.arraycopy(points[t], 0, rows[t], s * e, e);
            }
        }
        return rows;
    }

    private double[][] tiled(double[][] means) {
        Manifold manifold = layerConf().getManifold();
        int e = manifold.embeddingSize();
        double[][] rows = new double[means.length][layerConf().getSamples() * e];
        for (int t = 0; t < means.length; t++) {
            double[] mean = manifold.project(means[t]);
            for (int s = 0; s < layerConf().getSamples(); s++) {
                System.arraycopy(mean, 0, rows[t], s * e, e);
            }
        }
        return rows;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        int[] times = times();
        double[][] toPoints = DoubleRows.of(epsilon);
        double perExample = perExample(times.length);
        for (double[] row : toPoints) {
            for (int i = 0; i < row.length; i++) {
                row[i] /= perExample;
            }
        }
        LatentDraw.Gradient derivatives =
                Objects.requireNonNull(draw, "no forward pass").backward(toPoints, 1.0 / times.length, hasEntropy());
        Gradient result = new DefaultGradient(gradientsFlattened);
        if (derivatives.prior().length > 0) {
            assign(result, ManifoldLatentLayer.PRIOR, new double[][] {derivatives.prior()});
        }
        return new Pair<>(result, spread(derivatives, times, result, workspaces));
    }

    /** The host's errors are those of the sum over examples, unless it does not divide by their number. */
    final double perExample(int batch) {
        return conf().isMiniBatch() ? batch : 1;
    }

    final void requireFinite(String name, double[][] derivatives) {
        layerConf().requireFinite(name, derivatives, getIterationCount());
    }

    final void assign(Gradient gradient, String name, double[][] rows) {
        requireFinite(name, rows);
        INDArray view = Objects.requireNonNull(gradientViews.get(name));
        view.assign(Nd4j.createFromArray(rows));
        gradient.gradientForVariable().put(name, view);
    }

    /** The divergence of the last forward pass, for a time. */
    @Override
    public double calcRegularizationScore(boolean backpropOnlyParameters) {
        return divergence;
    }

    @Override
    public void clear() {
        super.clear();
        draw = null;
    }
}
