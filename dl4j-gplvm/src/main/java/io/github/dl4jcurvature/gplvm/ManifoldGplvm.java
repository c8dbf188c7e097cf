/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a latent variable model on a manifold to a matrix of data, with the settings that were found to work: first values from the
 * data, a burn-in without entropy, restarts that are ranked after it, a rate that decays, the best parameters kept.
 *
 * <pre>{@code
 * FittedGplvm ring = ManifoldGplvm.builder(Manifold.circle()).build().fit(timesByNeurons);
 * INDArray angles = ring.latents().means();
 * }</pre>
 *
 * <p>What is trained is an ordinary network of {@link ManifoldLatentLayer} and {@link SparseGpOutputLayer}, by its {@code fit} with
 * Adam. Source: Jensen, Kao, Tripodi and Hennequin (NeurIPS 2020, arXiv 2006.07429).
 */
public final class ManifoldGplvm {
    private static final Logger LOG = LoggerFactory.getLogger(ManifoldGplvm.class);
    private static final int RANKED_AFTER = 50; // iterations after the burn-in
    private static final int RANKING_SAMPLES = 4; // times those of training

    private final Builder settings;

    private ManifoldGplvm(Builder settings) {
        this.settings = settings;
    }

    /** Settings for latents on a manifold. */
    public static Builder builder(Manifold manifold) {
        return new Builder(manifold);
    }

    /**
     * Fits the model.
     *
     * @param data [T, N], times and neurons; NaN marks what is missing
     * @return the best of all restarts; one in which a score, a step or the evidence is not finite is left out with a warning
     * @throws ArithmeticException if all are, or the best is once it goes on
     */
    public FittedGplvm fit(INDArray data) {
        boolean refines = settings.refinedInducing > settings.inducing;
        GplvmData.requireUsable(data, settings.likelihood, Math.max(settings.inducing, settings.refinedInducing));
        boolean inParts = settings.restarts > 1 || refines;
        int firstPart = Math.min(settings.iterations, settings.burnIn() + RANKED_AFTER);
        List<GplvmRun> runs = new ArrayList<>();
        @Nullable ArithmeticException failure = null;
        for (int restart = 0; restart < settings.restarts; restart++) {
            GplvmRun run = new GplvmRun(settings, data, settings.seed + restart);
            try {
                start(run, restart, inParts ? firstPart : settings.iterations);
                runs.add(run);
            } catch (ArithmeticException e) {
                failure = e;
                LOG.warn(
                        "{}: start {} of {} is left out: {}",
                        settings.manifold,
                        restart + 1,
                        settings.restarts,
                        e.getMessage());
            }
        }
        if (runs.isEmpty() && failure != null) {
            throw failure;
        }
        GplvmRun best =
                runs.stream().max(Comparator.comparingDouble(GplvmRun::ranked)).orElseThrow();
        int rest = settings.iterations - firstPart;
        if (refines && rest > 0) {
            best = best.refined(settings.refinedInducing, rest);
        }
        if (inParts) {
            best.advance(rest);
        }
        best.keepBest();
        FittedGplvm fitted = FittedGplvm.of(best.network(), data);
        LOG.info("{}: evidence {} per time", settings.manifold, fitted.evidencePerTime());
        return fitted;
    }

    /** Trains a start and, if it has to be compared with others, ranks it. */
    private void start(GplvmRun run, int restart, int iterations) {
        run.advance(iterations);
        if (settings.restarts > 1) {
            run.rank(RANKING_SAMPLES * settings.samples);
            LOG.info(
                    "{}: start {} of {} has evidence {} per time after {} iterations",
                    settings.manifold,
                    restart + 1,
                    settings.restarts,
                    run.ranked(),
                    iterations);
        }
    }

    /** Settings. */
    public static final class Builder {
        final Manifold manifold;
        int inducing;
        int refinedInducing;
        int samples = 16;
        int iterations;
        double learningRate;
        boolean rateDecay = true;
        int reassignments;
        int restarts = 1;
        long seed = 1;
        boolean sharedKernel;
        boolean ard;
        Likelihood likelihood = Likelihood.GAUSSIAN;
        KernelFamily kernel = KernelFamily.SQUARED_EXPONENTIAL;
        LatentPrior prior = LatentPrior.UNIFORM;
        TangentCovariance covariance = TangentCovariance.FULL;
        double binWidth = 1;
        double initialLengthScale = 1;
        int threads;
        private int burnIn;

        private Builder(Manifold manifold) {
            this.manifold = Objects.requireNonNull(manifold, "manifold");
            boolean line = manifold.dimension() == 1;
            inducing = line ? 15 : 30;
            burnIn = line ? 150 : 300;
            iterations = line ? 500 : 900;
            learningRate = line ? 0.04 : 0.025;
        }

        /** Reassignments are spread evenly over the burn-in, the last at its end. */
        boolean isReassignment(int iteration) {
            int between = reassignments == 0 ? 0 : burnIn() / reassignments;
            return between > 0 && iteration <= burnIn() && iteration % between == 0;
        }

        int burnIn() {
            return Math.min(burnIn, iterations);
        }

        /** Inducing points M; by default 15 in one dimension, otherwise 30. */
        public Builder inducing(int value) {
            inducing = positive("inducing", value, "15 suit one dimension, 30 two or three");
            return this;
        }

        /**
         * Inducing points once the best start is chosen, 50 iterations after the burn-in: it goes on with as many, placed at latents far
         * from each other. For Gaussian noise; by default those of the start. The evidence tells whether more are worth their time.
         */
        public Builder refinedInducing(int value) {
            refinedInducing = positive("refinedInducing", value, "leave it out for none");
            return this;
        }

        /** Samples S of each latent in an iteration; by default 16. */
        public Builder samples(int value) {
            samples = positive("samples", value, "16 are enough for most data");
            return this;
        }

        /** Iterations in all; by default 500 in one dimension, otherwise 900. */
        public Builder iterations(int value) {
            iterations = positive("iterations", value, "500 suit one dimension, 900 more");
            return this;
        }

        /** Iterations of them without entropy and with fixed variances; by default 150 in one dimension, otherwise 300. */
        public Builder burnIn(int value) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "burnIn is %d but must not be negative; use 0 for none".formatted(value));
            }
            burnIn = value;
            return this;
        }

        /** Rate of Adam; by default 0.04 in one dimension, otherwise 0.025. */
        public Builder learningRate(double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "learningRate is %s but must be positive and finite; 0.02 to 0.05 work".formatted(value));
            }
            learningRate = value;
            return this;
        }

        /** Whether the rate falls to a tenth in the last four tenths of the iterations, which prevents late jumps; by default it does. */
        public Builder rateDecay(boolean value) {
            rateDecay = value;
            return this;
        }

        /** Fits from different seeds, of which the best after the burn-in goes on; by default 1. */
        public Builder restarts(int value) {
            restarts = positive("restarts", value, "1 is a single fit");
            return this;
        }

        /** How often in the burn-in latents are put to where a grid explains their data better; by default 0. */
        public Builder reassignments(int value) {
            if (value < 0) {
                throw new IllegalArgumentException(
                        "reassignments is %d but must not be negative; use 0 for none".formatted(value));
            }
            reassignments = value;
            return this;
        }

        /** Seed of inducing points and noise; by default 1. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Whether all neurons share kernel, inducing points and noise; by default each has its own. */
        public Builder sharedKernel(boolean value) {
            sharedKernel = value;
            return this;
        }

        /** Whether every dimension of R and T has a length scale; by default every factor has one. */
        public Builder ard(boolean value) {
            ard = value;
            return this;
        }

        /** Likelihood; by default Gaussian, for which the inducing values are integrated out. */
        public Builder likelihood(Likelihood value) {
            likelihood = Objects.requireNonNull(value);
            return this;
        }

        /** Kernel; by default squared exponential. */
        public Builder kernel(KernelFamily value) {
            kernel = Objects.requireNonNull(value);
            return this;
        }

        /** Prior of the latents over time; by default uniform. */
        public Builder prior(LatentPrior value) {
            prior = Objects.requireNonNull(value);
            return this;
        }

        /** Form of tangent covariances; by default full. */
        public Builder covariance(TangentCovariance value) {
            covariance = Objects.requireNonNull(value);
            return this;
        }

        /** Length of a time for Poisson counts, in the unit in which rates are wanted; by default 1. */
        public Builder binWidth(double value) {
            binWidth = value;
            return this;
        }

        /** First length scale, in units of the chordal distance; by default 1. */
        public Builder initialLengthScale(double value) {
            initialLengthScale = value;
            return this;
        }

        /** Threads of an evaluation; by default as many as there are processors. Results do not depend on it. */
        public Builder threads(int value) {
            threads = positive("threads", value, "use 1 for none beside the caller's");
            return this;
        }

        private static int positive(String argument, int value, String remedy) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "%s is %d but must be at least 1; %s".formatted(argument, value, remedy));
            }
            return value;
        }

        /** The model, ready to be fitted. */
        public ManifoldGplvm build() {
            if (refinedInducing > inducing && likelihood != Likelihood.GAUSSIAN) {
                throw new IllegalArgumentException(
                        "refinedInducing is %d but with likelihood %s inducing values are parameters that cannot be carried over; set inducing"
                                .formatted(refinedInducing, likelihood));
            }
            return new ManifoldGplvm(this);
        }
    }
}
