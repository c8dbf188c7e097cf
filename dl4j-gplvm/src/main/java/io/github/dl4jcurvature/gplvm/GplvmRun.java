/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fit from one seed. */
final class GplvmRun {
    private static final Logger LOG = LoggerFactory.getLogger(GplvmRun.class);
    private static final int AVERAGED = 10; // scores in the running mean by which the best parameters are told
    private static final int LOGGED_EVERY = 100;

    /**
     * A stretch of iterations with one network.
     *
     * @param inducing points
     * @param iterations over which the rate decays
     * @param burnIn of them without entropy, with reassignments
     */
    private record Phase(int inducing, int iterations, int burnIn) {}

    private final ManifoldGplvm.Builder settings;
    private final Phase phase;
    private final DataSet data;
    private final long seed;
    private final MultiLayerNetwork network;
    private final Deque<Double> recent = new ArrayDeque<>();
    private double bestScore = Double.POSITIVE_INFINITY;
    private @Nullable INDArray bestParameters;
    private double ranked = Double.NEGATIVE_INFINITY;

    GplvmRun(ManifoldGplvm.Builder settings, INDArray values, long seed) {
        this(
                settings,
                new Phase(settings.inducing, settings.iterations, settings.burnIn()),
                new DataSet(indices((int) values.size(0)), values.castTo(DataType.DOUBLE)),
                seed);
    }

    private GplvmRun(ManifoldGplvm.Builder settings, Phase phase, DataSet data, long seed) {
        this.settings = settings;
        this.phase = phase;
        this.data = data;
        this.seed = seed;
        network = network(settings, phase, GplvmData.observations(data.getLabels(), settings.likelihood), seed);
    }

    /**
     * A run that goes on from where this one is with more inducing points, placed at latents that are far from each other, and with a
     * rate that starts anew.
     */
    GplvmRun refined(int inducing, int iterations) {
        GplvmRun refined = new GplvmRun(settings, new Phase(inducing, iterations, 0), data, settings.seed);
        MultiLayerNetwork other = refined.network;
        network.getLayer(0)
                .paramTable()
                .forEach((name, values) -> other.getLayer(0).getParam(name).assign(values));
        for (String name : List.of(
                SparseGpOutputLayer.LENGTH_SCALE, SparseGpOutputLayer.VARIANCE, SparseGpOutputLayer.LIKELIHOOD)) {
            other.getLayer(1).getParam(name).assign(network.getLayer(1).getParam(name));
        }
        double[][] latents = FittedGplvm.of(network, data.getLabels()).latents().points();
        INDArray points = other.getLayer(1).getParam(SparseGpOutputLayer.INDUCING);
        for (int k = 0; k < points.size(0); k++) {
            double[][] spread = settings.manifold.spread(latents, inducing, k % latents.length);
            double[] flat =
                    Arrays.stream(spread).flatMapToDouble(Arrays::stream).toArray();
            points.putRow(k, Nd4j.createFromArray(flat));
        }
        return refined;
    }

    static INDArray indices(int times) {
        double[][] rows = new double[times][1];
        for (int t = 0; t < times; t++) {
            rows[t][0] = t;
        }
        return Nd4j.createFromArray(rows);
    }

    private static MultiLayerNetwork network(
            ManifoldGplvm.Builder settings, Phase phase, Observations data, long seed) {
        SparseGpOutputLayer neurons = new SparseGpOutputLayer.Builder(settings.manifold)
                .nOut(data.neurons())
                .timePoints(data.times())
                .burnIn(phase.burnIn())
                .inducing(phase.inducing())
                .likelihood(settings.likelihood)
                .kernel(settings.kernel)
                .sharedKernel(settings.sharedKernel)
                .ard(settings.ard)
                .collapsed(settings.likelihood == Likelihood.GAUSSIAN)
                .binWidth(settings.binWidth)
                .initialLengthScale(settings.initialLengthScale)
                .threads(settings.threads)
                .build();
        ManifoldLatentLayer latents = new ManifoldLatentLayer.Builder(settings.manifold)
                .timePoints(data.times())
                .burnIn(phase.burnIn())
                .samples(settings.samples)
                .prior(settings.prior)
                .covariance(settings.covariance)
                .threads(settings.threads)
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.DOUBLE)
                .updater(
                        settings.rateDecay
                                ? new Adam(new HoldThenDecay(settings.learningRate, phase.iterations()))
                                : new Adam(settings.learningRate))
                .list()
                .layer(latents)
                .layer(neurons)
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        setFirstValues(network, neurons.model(), data);
        return network;
    }

    private static void setFirstValues(MultiLayerNetwork network, SparseGpModel model, Observations data) {
        INDArray variances = network.getLayer(1).getParam(SparseGpOutputLayer.VARIANCE);
        INDArray likelihood = network.getLayer(1).getParam(SparseGpOutputLayer.LIKELIHOOD);
        if (model.likelihood().isCount()) {
            for (int n = 0; n < data.neurons(); n++) {
                double rate = Math.max(GplvmData.mean(data.values()[n]), 1e-3) / model.binWidth();
                likelihood.putScalar(n, 0, Math.log(rate));
            }
            return;
        }
        double[] variance = new double[model.kernels()];
        double[] noise = new double[model.kernels()];
        for (int n = 0; n < data.neurons(); n++) {
            int k = model.shared() ? 0 : n;
            double share = model.shared() ? 1.0 / data.neurons() : 1;
            variance[k] += share * GplvmData.variance(data.values()[n]);
            noise[k] += share * GplvmData.deviation(data.values()[n]);
        }
        for (int k = 0; k < variance.length; k++) {
            variances.putScalar(k, 0, SparseGpModel.softplusInverse(variance[k]));
            likelihood.putScalar(k, 0, Math.log(noise[k]));
        }
    }

    MultiLayerNetwork network() {
        return network;
    }

    void advance(int iterations) {
        for (int i = 0; i < iterations; i++) {
            step();
            observe(network.score());
            if (phase.burnIn() > 0 && settings.isReassignment(network.getIterationCount())) {
                reassign();
            }
        }
    }

    private void step() {
        try {
            network.fit(data);
        } catch (ArithmeticException e) {
            ArithmeticException named = new ArithmeticException(
                    "the fit on %s with seed %d fails at iteration %d: %s; lower learningRate, which is %s"
                            .formatted(
                                    settings.manifold,
                                    seed,
                                    network.getIterationCount(),
                                    e.getMessage(),
                                    settings.learningRate));
            named.initCause(e);
            throw named;
        }
    }

    /** Puts latents to the points of a grid that explain their data better than where they are. */
    private void reassign() {
        FittedGplvm fitted = FittedGplvm.of(network, data.getLabels());
        int moved = fitted.reassign();
        LOG.info("{}: {} of {} latents reassigned", settings.manifold, moved, data.numExamples());
    }

    private void observe(double score) {
        int iteration = network.getIterationCount();
        if (iteration % LOGGED_EVERY == 0) {
            LOG.info("{}: iteration {}, score {} per time", settings.manifold, iteration, score);
        }
        if (iteration <= phase.burnIn()) {
            return;
        }
        recent.addLast(score);
        if (recent.size() > AVERAGED) {
            recent.removeFirst();
        }
        double mean = recent.stream().mapToDouble(Double::doubleValue).average().orElse(score);
        if (recent.size() == AVERAGED && mean < bestScore) {
            bestScore = mean;
            bestParameters = network.params().dup();
        }
    }

    void rank(int samples) {
        ranked = FittedGplvm.of(network, data.getLabels()).evidencePerTime(samples);
    }

    double ranked() {
        return ranked;
    }

    /** Goes back to the best parameters, by a running mean of the score, if the last are not the best. */
    void keepBest() {
        if (bestParameters != null) {
            network.setParams(bestParameters);
        }
    }
}
