/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares manifolds by how well they predict neurons that were held out at times that were held out.
 *
 * <p>A split halves the times. The model is fitted to all neurons at the times of training; then everything but the latents of the
 * other times is frozen, these are inferred from every second neuron, and the remaining neurons are predicted at them; then the
 * halves of the neurons change places. Reported are the mean squared error of the predictions and the importance-weighted log
 * likelihood of the held-out neurons at the held-out times, for a time, both halves together. The evidence of training does not
 * select topologies. Source: Jensen et al. (NeurIPS 2020), with {@link HeldOutStart#GRID} in place of the published start.
 */
public final class TopologyCrossValidation {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyCrossValidation.class);
    private static final int GRID_ITERATIONS = 100;
    private static final double PUBLISHED_SHARE = 0.75; // of the iterations, for held-out latents
    private static final double PUBLISHED_BURN_IN = 0.7;
    private static final int PREDICTION_SAMPLES = 50;

    private final Builder settings;

    private TopologyCrossValidation(Builder settings) {
        this.settings = settings;
    }

    /** Settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs all splits for all candidates.
     *
     * @param data [T, N]; NaN marks a missing entry
     * @param candidates manifolds, each once
     * @throws IllegalArgumentException if there are fewer than four times or neurons, or no candidates, or one twice
     * @throws ArithmeticException if a score is NaN
     */
    public TopologyComparison compare(INDArray data, List<Manifold> candidates) {
        if (data.rank() != 2 || data.size(0) < 4 || data.size(1) < 4) {
            throw new IllegalArgumentException(
                    "data has shape %s but must be [times, neurons] with at least four of each, to be halved"
                            .formatted(Arrays.toString(data.shape())));
        }
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("candidates are empty; name at least one manifold");
        }
        if (new HashSet<>(candidates).size() < candidates.size()) {
            throw new IllegalArgumentException(
                    "candidates are %s but none may be there twice; name each manifold once".formatted(candidates));
        }
        record Job(int split, Manifold manifold) {}
        List<Job> jobs = new ArrayList<>();
        for (int split = 0; split < settings.splits; split++) {
            for (Manifold manifold : candidates) {
                jobs.add(new Job(split, manifold));
            }
        }
        Likelihood likelihood = settings.model.apply(ManifoldGplvm.builder(candidates.get(0))).likelihood;
        Observations observations = GplvmData.observations(data, likelihood);
        List<HeldOutScore> scores = new Partition(settings.threads).run(jobs.size(), index -> {
            Job job = jobs.get(index);
            HeldOutScore score = score(observations, job.manifold(), job.split());
            LOG.info("split {}, {}: {}", job.split(), job.manifold(), score);
            return score;
        });
        return new TopologyComparison(candidates, scores);
    }

    private HeldOutScore score(Observations data, Manifold manifold, int split) {
        boolean[] held =
                settings.alternating && split == 0 ? alternating(data.times()) : randomHalf(data.times(), split);
        int[] train = IntStream.range(0, data.times()).filter(t -> !held[t]).toArray();
        int[] test = IntStream.range(0, data.times()).filter(t -> held[t]).toArray();
        ManifoldGplvm.Builder builder = settings.model
                .apply(ManifoldGplvm.builder(manifold))
                .seed(settings.seed + split)
                .threads(1);
        FittedGplvm fitted = builder.build().fit(matrix(data.ofTimes(train)));
        int[] even = IntStream.range(0, data.neurons()).filter(n -> n % 2 == 0).toArray();
        int[] odd = IntStream.range(0, data.neurons()).filter(n -> n % 2 == 1).toArray();
        double[] first = direction(builder, fitted, data, train, test, even, odd);
        double[] second = direction(builder, fitted, data, train, test, odd, even);
        double error = (first[0] * odd.length + second[0] * even.length) / data.neurons();
        if (Double.isNaN(error) || Double.isNaN(first[1] + second[1])) {
            throw new ArithmeticException(
                    "split %d, %s: the mean squared error is %s and the log likelihood %s but neither may be NaN; check the data for times or neurons with few entries, or lower the learning rate"
                            .formatted(split, manifold, error, first[1] + second[1]));
        }
        return new HeldOutScore(manifold, split, error, first[1] + second[1], fitted.evidencePerTime());
    }

    private static INDArray matrix(Observations data) {
        return Nd4j.createFromArray(data.values()).transpose().dup('c');
    }

    private static boolean[] alternating(int times) {
        boolean[] held = new boolean[times];
        for (int t = 1; t < times; t += 2) {
            held[t] = true;
        }
        return held;
    }

    private boolean[] randomHalf(int times, int split) {
        SplittableRandom random = new SplittableRandom(settings.seed * 1_000_003 + split);
        int[] order = IntStream.range(0, times).toArray();
        for (int i = times - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        boolean[] held = new boolean[times];
        for (int i = 0; i < times / 2; i++) {
            held[order[i]] = true;
        }
        return held;
    }

    /** Error and log likelihood of one half of the neurons, with latents from the other. */
    private double[] direction(
            ManifoldGplvm.Builder builder,
            FittedGplvm fitted,
            Observations data,
            int[] train,
            int[] test,
            int[] used,
            int[] heldOut) {
        LatentEstimate ofTest = heldOutLatents(builder, fitted, data, train, test, used);
        SparseGpParameters parameters = fitted.parameters().ofNeurons(heldOut);
        SparseGpModel model = fitted.model().withNeurons(heldOut.length);
        Observations target = data.ofNeurons(heldOut);
        double error = error(fitted, model, parameters, ofTest, target.ofTimes(train), target.ofTimes(test));
        LatentInference judge = new LatentInference(fitted.latentModel().withoutMemory(), model, parameters, 1);
        double likelihood = judge.weightedLogLikelihood(
                ofTest, target.ofTimes(test), new double[0], settings.likelihoodSamples, settings.seed);
        return new double[] {error, likelihood};
    }

    /** Latents of the held-out times, those of training being frozen. */
    private LatentEstimate heldOutLatents(
            ManifoldGplvm.Builder builder, FittedGplvm fitted, Observations data, int[] train, int[] test, int[] used) {
        SparseGpParameters parameters = fitted.parameters().ofNeurons(used);
        SparseGpModel model = fitted.model().withNeurons(used.length);
        LatentInference inference = new LatentInference(fitted.latentModel().withoutMemory(), model, parameters, 1);
        Observations seen = data.ofNeurons(used);
        boolean grid = settings.start == HeldOutStart.GRID;
        LatentEstimate start = grid
                ? inference.grid(
                        seen.ofTimes(test),
                        FittedGplvm.gridSize(fitted.manifold()),
                        fitted.withPosteriors().ofNeurons(used),
                        fitted.gridScale())
                : inference.identity(test.length);
        int burnIn = grid ? 0 : (int) Math.round(PUBLISHED_BURN_IN * builder.burnIn());
        int iterations = grid ? GRID_ITERATIONS : (int) Math.round(PUBLISHED_SHARE * builder.iterations);
        LatentInference.Schedule schedule =
                new LatentInference.Schedule(iterations, burnIn, builder.learningRate, builder.samples, settings.seed);
        if (!model.collapsed()) {
            boolean[] free = new boolean[test.length];
            Arrays.fill(free, true);
            return inference.fit(start, seen.ofTimes(test), free, new double[0], schedule);
        }
        LatentEstimate known = fitted.latents();
        int all = train.length + test.length;
        double[][] means = new double[all][];
        double[][] factors = new double[all][];
        boolean[] free = new boolean[all];
        place(known, train, means, factors);
        place(start, test, means, factors);
        for (int t : test) {
            free[t] = true;
        }
        LatentEstimate together =
                new LatentEstimate(fitted.manifold(), fitted.latentModel().factors(), means, factors);
        return inference.fit(together, seen, free, new double[0], schedule).ofTimes(test);
    }

    private static void place(LatentEstimate estimate, int[] times, double[][] means, double[][] factors) {
        for (int i = 0; i < times.length; i++) {
            means[times[i]] = estimate.rawMeans()[i];
            factors[times[i]] = estimate.rawFactors()[i];
        }
    }

    /** Mean squared error of predictions averaged over samples of the latents of both halves of the times. */
    private double error(
            FittedGplvm fitted,
            SparseGpModel model,
            SparseGpParameters parameters,
            LatentEstimate ofTest,
            Observations train,
            Observations test) {
        LatentModel latents = fitted.latentModel().withoutMemory();
        LatentEstimate ofTrain = fitted.latents();
        LatentDraw trainDraw = draw(latents, ofTrain, 0);
        LatentDraw testDraw = draw(latents, ofTest, 1);
        double[][] mean = new double[test.times()][test.neurons()];
        for (int s = 0; s < PREDICTION_SAMPLES; s++) {
            if (model.collapsed()) {
                model.optimalPosteriors(parameters, train, trainDraw.points(s), 1);
            }
            double[][] prediction = model.prediction(parameters, testDraw.points(s));
            for (int t = 0; t < mean.length; t++) {
                for (int n = 0; n < mean[t].length; n++) {
                    mean[t][n] += prediction[t][n] / PREDICTION_SAMPLES;
                }
            }
        }
        double sum = 0;
        int count = 0;
        for (int t = 0; t < test.times(); t++) {
            for (int n = 0; n < test.neurons(); n++) {
                double y = test.values()[n][t];
                if (!Double.isNaN(y)) {
                    sum += (mean[t][n] - y) * (mean[t][n] - y);
                    count++;
                }
            }
        }
        return sum / count;
    }

    private LatentDraw draw(LatentModel latents, LatentEstimate estimate, int salt) {
        int[] indices = IntStream.range(0, estimate.times()).toArray();
        return latents.draw(
                estimate.rawMeans(),
                estimate.rawFactors(),
                new double[0],
                indices,
                LatentNoise.of(settings.seed + 1, salt),
                PREDICTION_SAMPLES,
                new Partition(1));
    }

    /** Settings. */
    public static final class Builder {
        private int splits = 10;
        private HeldOutStart start = HeldOutStart.GRID;
        private int likelihoodSamples = 200;
        private boolean alternating;
        private int threads = Runtime.getRuntime().availableProcessors();
        private long seed = 1;
        private UnaryOperator<ManifoldGplvm.Builder> model = UnaryOperator.identity();

        private Builder() {}

        /** Number of splits of the times; by default 10. */
        public Builder splits(int value) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "splits is %d but must be at least 1; 10 are published".formatted(value));
            }
            splits = value;
            return this;
        }

        /** Start of the inference of held-out latents; by default a grid. */
        public Builder start(HeldOutStart value) {
            start = value;
            return this;
        }

        /** Samples of the importance-weighted likelihood; by default 200. */
        public Builder likelihoodSamples(int value) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "likelihoodSamples is %d but must be at least 1; 200 to 1000 are usual".formatted(value));
            }
            likelihoodSamples = value;
            return this;
        }

        /** Whether the first split holds out every second time; by default all splits are random. */
        public Builder alternatingFirst(boolean value) {
            alternating = value;
            return this;
        }

        /** Fits at the same time; by default as many as there are processors. */
        public Builder threads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "threads is %d but must be at least 1; use 1 for none beside the caller's".formatted(value));
            }
            threads = value;
            return this;
        }

        /** Seed of splits and fits; by default 1. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Settings of all fits. */
        public Builder model(UnaryOperator<ManifoldGplvm.Builder> value) {
            model = value;
            return this;
        }

        /** The comparison, ready to run. */
        public TopologyCrossValidation build() {
            return new TopologyCrossValidation(this);
        }
    }
}
