/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Arrays;
import java.util.List;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A fitted latent variable model: its latents, tuning curves and evidence, and the latents of new data.
 *
 * <p>It is the network with its data; save the network with the host's serializer and use {@link #of} after loading.
 */
public final class FittedGplvm {
    private static final int EVIDENCE_SAMPLES = 10; // times those of training
    private static final int GRID_PER_DIMENSION = 60;
    private static final int LARGEST_GRID = 2000;
    private static final int NEW_ITERATIONS = 100;
    private static final long EVIDENCE_SEED = 7919;
    private static final long PREDICTION_SEED = 7927;
    private static final int PREDICTION_PAIRS = 32;

    private final MultiLayerNetwork network;
    private final Observations data;
    private final ManifoldLatentLayer latentLayer;
    private final SparseGpOutputLayer outputLayer;

    private FittedGplvm(
            MultiLayerNetwork network,
            Observations data,
            ManifoldLatentLayer latentLayer,
            SparseGpOutputLayer outputLayer) {
        this.network = network;
        this.data = data;
        this.latentLayer = latentLayer;
        this.outputLayer = outputLayer;
    }

    /**
     * The model of a network.
     *
     * @param network a {@link ManifoldLatentLayer} and a {@link SparseGpOutputLayer}
     * @param data [T, N] it was fitted to
     * @throws IllegalArgumentException if layers or sizes are others
     */
    public static FittedGplvm of(MultiLayerNetwork network, INDArray data) {
        if (network.getnLayers() != 2
                || !(network.getLayer(0).conf().getLayer() instanceof ManifoldLatentLayer latents)
                || !(network.getLayer(1).conf().getLayer() instanceof SparseGpOutputLayer neurons)) {
            throw new IllegalArgumentException(
                    "network has %d layers but must be a ManifoldLatentLayer and a SparseGpOutputLayer"
                            .formatted(network.getnLayers()));
        }
        if (data.rank() != 2 || data.size(0) != latents.getTimePoints() || data.size(1) != neurons.getNOut()) {
            throw new IllegalArgumentException(
                    "data has shape %s but the network was made for [%d, %d], times and neurons"
                            .formatted(Arrays.toString(data.shape()), latents.getTimePoints(), neurons.getNOut()));
        }
        return new FittedGplvm(network, GplvmData.observations(data, neurons.getLikelihood()), latents, neurons);
    }

    /** The network; save it with {@code ModelSerializer}. */
    public MultiLayerNetwork network() {
        return network;
    }

    /** Where the latents live. */
    public Manifold manifold() {
        return latentLayer.getManifold();
    }

    Observations data() {
        return data;
    }

    SparseGpModel model() {
        return outputLayer.model();
    }

    SparseGpParameters parameters() {
        return ((SparseGpOutputLayerImpl) network.getLayer(1)).parameters();
    }

    int threads() {
        return outputLayer.threads();
    }

    /** The latents of all times. */
    public LatentEstimate latents() {
        return new LatentEstimate(
                manifold(),
                latentLayer.factors(),
                DoubleRows.of(network.getLayer(0).getParam(ManifoldLatentLayer.MEAN)),
                DoubleRows.of(network.getLayer(0).getParam(ManifoldLatentLayer.SPREAD)));
    }

    LatentModel latentModel() {
        return latentLayer.model();
    }

    private double[] priorParameters() {
        return latentLayer.getPrior().parameters() == 0
                ? new double[0]
                : DoubleRows.of(network.getLayer(0).getParam(ManifoldLatentLayer.PRIOR))[0];
    }

    /**
     * Evidence lower bound in nats for a time, from ten times the samples of training.
     *
     * @throws ArithmeticException if it is not finite
     */
    public double evidencePerTime() {
        return evidencePerTime(EVIDENCE_SAMPLES * latentLayer.getSamples());
    }

    private static double finite(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException(
                    "%s of the fitted model is %s; fit with a smaller learning rate, or scale the data to 1"
                            .formatted(what, value));
        }
        return value;
    }

    double evidencePerTime(int samples) {
        int times = data.times();
        int[] indices = new int[times];
        Arrays.setAll(indices, t -> t);
        LatentEstimate estimate = latents();
        SparseGpModel model = model();
        SparseGpParameters parameters = parameters();
        double sum = 0;
        int chunk = latentLayer.getSamples();
        int chunks = Math.max(1, samples / chunk);
        for (int i = 0; i < chunks; i++) {
            LatentDraw draw = latentModel()
                    .draw(
                            estimate.rawMeans(),
                            estimate.rawFactors(),
                            priorParameters(),
                            indices,
                            LatentNoise.of(EVIDENCE_SEED, i),
                            chunk,
                            new Partition(threads()));
            double[] bounds = model.values(parameters, data, LatentInference.points(draw), threads());
            sum += Arrays.stream(bounds).average().orElse(Double.NaN) - draw.divergence(true);
        }
        return finite("evidence", (sum / chunks - model.divergence(parameters)) / times);
    }

    /**
     * The data term in nats with the latents at their means, all times together: the collapsed bound on the log marginal likelihood,
     * or the expected log likelihood less the divergence of the inducing posteriors.
     */
    public double boundAtMeans() {
        SparseGpModel model = model();
        SparseGpParameters parameters = parameters();
        double[][][] means = {latents().points()};
        return model.values(parameters, data, means, threads())[0] - model.divergence(parameters);
    }

    /**
     * Importance-weighted log likelihood in nats for a time, \(\frac1T \log \frac1S \sum_s e^{F(g_s)} p(g_s) / q(g_s)\); not below
     * the evidence lower bound on average, and rising with S.
     *
     * @param samples S, at least 1
     * @throws ArithmeticException if it is not finite
     */
    public double importanceWeightedLogLikelihood(int samples, long seed) {
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "samples is %d but must be at least 1; 200 to 1000 are usual".formatted(samples));
        }
        return finite(
                "importance-weighted log likelihood",
                new LatentInference(latentModel(), model(), parameters(), threads())
                        .weightedLogLikelihood(latents(), data, priorParameters(), samples, seed));
    }

    /**
     * Moves latents to the points of a grid that explain their data better than their means do; how many.
     *
     * <p>Gradients move a latent only a little, so that one which started on the wrong side of a fold stays there.
     */
    int reassign() {
        LatentEstimate estimate = latents();
        SparseGpParameters parameters = withPosteriors();
        SparseGpModel conditional = model().conditional();
        double[][] own = conditional.losses(parameters, estimate.points(), data);
        LatentInference inference =
                new LatentInference(latentModel().withoutMemory(), conditional, parameters, threads());
        double[][] candidates = inference.candidates(gridSize(manifold()), gridScale());
        double[][] losses = conditional.losses(parameters, candidates, data);
        double[][] means = estimate.rawMeans();
        int moved = 0;
        for (int t = 0; t < means.length; t++) {
            int best = LatentInference.best(losses, t);
            if (losses[best][t] < own[t][t]) {
                means[t] = candidates[best].clone();
                moved++;
            }
        }
        network.getLayer(0).getParam(ManifoldLatentLayer.MEAN).assign(Nd4j.createFromArray(means));
        return moved;
    }

    /** Parameters with the inducing posteriors at the means of the latents. */
    SparseGpParameters withPosteriors() {
        SparseGpParameters parameters = parameters();
        if (model().collapsed()) {
            model().optimalPosteriors(parameters, data, latents().points(), threads());
        }
        return parameters;
    }

    /**
     * Tuning curves.
     *
     * @param points of the manifold, as from {@link Manifold#grid}
     * @throws IllegalArgumentException if there are none, or one has another size than those of the manifold
     */
    public TuningCurves tuningCurves(List<double[]> points) {
        if (points.isEmpty()) {
            throw new IllegalArgumentException("points are empty; take Manifold.grid(60)");
        }
        double[][] at = points.stream()
                .map(point -> manifold().project(manifold().requireSize(point)))
                .toArray(double[][]::new);
        SparseGpParameters parameters = withPosteriors();
        double[][][] tuning = model().tuning(parameters, at);
        double[][] observed = model().prediction(parameters, at);
        double[][] deviations = Arrays.stream(tuning[1])
                .map(row ->
                        Arrays.stream(row).map(v -> Math.sqrt(Math.max(v, 0))).toArray())
                .toArray(double[][]::new);
        return new TuningCurves(
                Nd4j.createFromArray(tuning[0]),
                Nd4j.createFromArray(deviations),
                Nd4j.createFromArray(observed).transpose().dup('c'));
    }

    /**
     * Expected activity at times whose latents are known: the average over their distribution, from samples in pairs of opposite
     * noise, of what is observed on average. In the units of the data: of the observations themselves, or counts for a bin.
     *
     * @param latents from {@link #infer}, or {@link #latents} for the times of the fit
     * @return [T, N], also for neurons whose data were missing
     */
    public INDArray predict(LatentEstimate latents) {
        if (!latents.manifold().equals(manifold())) {
            throw new IllegalArgumentException(
                    "latents are of %s but the model is of %s; take those of its infer or latents"
                            .formatted(latents.manifold(), manifold()));
        }
        SparseGpModel model = model();
        SparseGpParameters parameters = withPosteriors();
        double[][] mean = new double[latents.times()][model.neurons()];
        double[][][] samples = latents.antithetic(LatentNoise.of(PREDICTION_SEED, 0), PREDICTION_PAIRS);
        for (double[][] sample : samples) {
            double[][] prediction = model.prediction(parameters, sample);
            for (int t = 0; t < mean.length; t++) {
                for (int n = 0; n < mean[t].length; n++) {
                    mean[t][n] += prediction[t][n] / samples.length;
                }
            }
        }
        return Nd4j.createFromArray(mean);
    }

    /**
     * Latents of new data, with everything else as it was fitted.
     *
     * @param newData [T', N]; NaN marks what is missing; where the prior is one over time, rows are a sequence of their own with the
     *     steps of the fit
     * @param start where inference begins
     */
    public LatentEstimate infer(INDArray newData, HeldOutStart start) {
        if (newData.rank() != 2 || newData.size(0) < 1 || newData.size(1) != data.neurons()) {
            throw new IllegalArgumentException(
                    "newData has shape %s but must have at least one row and %d columns, the neurons of the fit"
                            .formatted(Arrays.toString(newData.shape()), data.neurons()));
        }
        Observations observations = GplvmData.observations(newData, outputLayer.getLikelihood());
        SparseGpParameters parameters = withPosteriors();
        LatentInference inference = new LatentInference(latentModel(), model().conditional(), parameters, threads());
        boolean grid = start == HeldOutStart.GRID;
        LatentEstimate first = grid
                ? inference.grid(observations, gridSize(manifold()), parameters, gridScale())
                : inference.identity(observations.times());
        boolean[] free = new boolean[observations.times()];
        Arrays.fill(free, true);
        int burnIn = grid ? 0 : latentLayer.getBurnIn();
        return inference.fit(
                first,
                observations,
                free,
                priorParameters(),
                new LatentInference.Schedule(
                        burnIn + NEW_ITERATIONS, burnIn, 0.04, latentLayer.getSamples(), EVIDENCE_SEED));
    }

    static int gridSize(Manifold manifold) {
        return (int) Math.min(LARGEST_GRID, Math.pow(GRID_PER_DIMENSION, manifold.dimension()));
    }

    /** By how much latents of Euclidean factors leave the grid of three standard deviations. */
    double gridScale() {
        double largest = 0;
        for (double[] point : latents().points()) {
            int from = 0;
            for (Manifold factor : manifold().factors()) {
                for (int i = from; i < from + factor.embeddingSize(); i++) {
                    largest = factor.isCompact() ? largest : Math.max(largest, Math.abs(point[i]));
                }
                from += factor.embeddingSize();
            }
        }
        return largest == 0 ? 1 : 1.1 * largest / 3;
    }
}
