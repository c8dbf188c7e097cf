/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Gaussian processes from latents to N neurons, with M inducing points: the output layer of a manifold GPLVM.
 *
 * <p>The input [b, S e] holds S samples of each latent, the labels [b, N] the data; NaN, or a zero in a label mask [b, N], marks what
 * is missing. The output is what is observed on average, from the inducing posteriors.
 *
 * <p>With the inducing values integrated out (collapsed; Gaussian likelihood, all times in one batch) the data term is the bound of
 * Titsias (AISTATS 2009), and the inducing posteriors are computed from all samples of the last batch. Otherwise each neuron has a whitened
 * variational posterior \(N(m, C C^\top)\), any likelihood and any part of the times can be taken, and the data term is scaled to
 * all times. The score is the negative evidence lower bound divided by T, in nats for a time; the gradients are those of the
 * score, for every batch size.
 *
 * <p>Parameters, unconstrained: {@code inducing} [K, M e], {@code lengthScale} [K, A] and {@code variance} [K, 1] through softplus,
 * {@code likelihood} [K, 1] (logarithm of the noise) or [N, ...] (offset, logarithm of the dispersion), {@code posteriorMean} [N, M],
 * {@code posteriorFactor} [N, M (M + 1) / 2], logarithms on its diagonal; K is N, or 1 when neurons share their kernel. Source:
 * Jensen, Kao, Tripodi and Hennequin (NeurIPS 2020, arXiv 2006.07429).
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public final class SparseGpOutputLayer extends ManifoldLayer {
    private static final long serialVersionUID = 1L;
    static final String INDUCING = "inducing";
    static final String LENGTH_SCALE = "lengthScale";
    static final String VARIANCE = "variance";
    static final String LIKELIHOOD = "likelihood";
    static final String POSTERIOR_MEAN = "posteriorMean";
    static final String POSTERIOR_FACTOR = "posteriorFactor";

    @JsonProperty
    private int inducing;

    @JsonProperty
    private Likelihood likelihood = Likelihood.GAUSSIAN;

    @JsonProperty
    private KernelFamily kernel = KernelFamily.SQUARED_EXPONENTIAL;

    @JsonProperty
    private boolean sharedKernel;

    @JsonProperty
    private boolean ard;

    @JsonProperty
    private boolean collapsed;

    @JsonProperty
    private double jitter;

    @JsonProperty
    private double binWidth;

    @JsonProperty
    private double initialLengthScale;

    @JsonProperty
    private double initialVariance;

    @JsonProperty
    private double initialNoise;

    /** For deserialisation. */
    public SparseGpOutputLayer() {}

    private SparseGpOutputLayer(Builder builder) {
        super(builder);
        manifold = builder.manifold;
        timePoints = builder.timePoints;
        burnIn = builder.burnIn;
        inducing = builder.inducing;
        likelihood = builder.likelihood;
        kernel = builder.kernel;
        sharedKernel = builder.sharedKernel;
        ard = builder.ard;
        collapsed = builder.collapsed;
        jitter = builder.jitter;
        binWidth = builder.binWidth;
        initialLengthScale = builder.initialLengthScale;
        initialVariance = builder.initialVariance;
        initialNoise = builder.initialNoise;
        threads = builder.threads;
    }

    /** Number of inducing points, M. */
    public int getInducing() {
        return inducing;
    }

    /** How observations depend on the tuning. */
    public Likelihood getLikelihood() {
        return likelihood;
    }

    /** Whether the inducing values are integrated out. */
    public boolean isCollapsed() {
        return collapsed;
    }

    SparseGpModel model() {
        return new SparseGpModel(
                manifold,
                (int) getNOut(),
                inducing,
                new KernelSettings(kernel, ard, jitter),
                sharedKernel,
                likelihood,
                binWidth,
                collapsed);
    }

    @Override
    boolean isComputed(String name) {
        return collapsed && Set.of(POSTERIOR_MEAN, POSTERIOR_FACTOR).contains(name);
    }

    @Override
    void requireValid() {
        requirePositive("nOut", (double) getNOut(), "give the number of neurons");
        requirePositive("timePoints", timePoints, "give the number of rows of the data");
        requirePositive("inducing", inducing, "15 suit one dimension, 30 two or three");
        requirePositive("jitter", jitter, "1e-6 suits double precision");
        requirePositive("binWidth", binWidth, "1 counts per bin");
        requirePositive("initialLengthScale", initialLengthScale, "1 or 2 suit most manifolds");
        requirePositive("initialVariance", initialVariance, "1 suits standardised data");
        requirePositive("initialNoise", initialNoise, "1 suits standardised data");
        if (inducing > timePoints) {
            throw new IllegalArgumentException(
                    "inducing of layer '%s' is %d but must be at most the number of times, %d; take fewer inducing points"
                            .formatted(getLayerName(), inducing, timePoints));
        }
        if (collapsed && likelihood != Likelihood.GAUSSIAN) {
            throw new IllegalArgumentException(
                    "likelihood of layer '%s' is %s but inducing values can be integrated out of GAUSSIAN only; set collapsed(false)"
                            .formatted(getLayerName(), likelihood));
        }
        if (getNIn() < 1 || getNIn() % manifold.embeddingSize() != 0) {
            throw new IllegalArgumentException(
                    "nIn of layer '%s' is %d but must be a multiple of %d, samples of points of %s; put a latent layer below"
                            .formatted(getLayerName(), getNIn(), manifold.embeddingSize(), manifold));
        }
    }

    @Override
    public RowParameters initializer() {
        return Parameters.INSTANCE;
    }

    @Override
    BaseLayer<?> runtimeLayer(NeuralNetConfiguration configuration, DataType type) {
        return new SparseGpOutputLayerImpl(configuration, type);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputType.feedForward(getNOut());
    }

    @Override
    public SparseGpOutputLayer clone() {
        return (SparseGpOutputLayer) super.clone();
    }

    private List<Object> values() {
        return List.of(
                manifold,
                timePoints,
                burnIn,
                inducing,
                likelihood,
                kernel,
                sharedKernel,
                ard,
                collapsed,
                jitter,
                binWidth,
                initialLengthScale,
                initialVariance,
                initialNoise,
                threads);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SparseGpOutputLayer that && super.equals(that) && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), values());
    }

    private static final class Parameters extends RowParameters {
        static final Parameters INSTANCE = new Parameters();

        @Override
        Map<String, double[][]> initial(Layer layer, long seed) {
            SparseGpOutputLayer own = (SparseGpOutputLayer) layer;
            SparseGpModel model = own.model();
            SparseGpParameters raw = SparseGpParameters.zeros(model);
            SplittableRandom random = new SplittableRandom(seed);
            for (int k = 0; k < model.kernels(); k++) {
                List<double[]> points = new ArrayList<>();
                for (int i = 0; i < own.inducing; i++) {
                    points.add(own.manifold.randomPoint(random));
                }
                raw.inducing()[k] =
                        points.stream().flatMapToDouble(Arrays::stream).toArray();
                Arrays.fill(raw.lengthScales()[k], SparseGpModel.softplusInverse(own.initialLengthScale));
                raw.variance()[k][0] = SparseGpModel.softplusInverse(own.initialVariance);
            }
            if (own.likelihood == Likelihood.GAUSSIAN) {
                for (double[] row : raw.likelihood()) {
                    row[0] = Math.log(own.initialNoise);
                }
            }
            return named(raw);
        }

        private static Map<String, double[][]> named(SparseGpParameters raw) {
            Map<String, double[][]> named = new LinkedHashMap<>();
            named.put(INDUCING, raw.inducing());
            named.put(LENGTH_SCALE, raw.lengthScales());
            named.put(VARIANCE, raw.variance());
            named.put(LIKELIHOOD, raw.likelihood());
            named.put(POSTERIOR_MEAN, raw.mean());
            named.put(POSTERIOR_FACTOR, raw.factor());
            return named;
        }

        @Override
        Map<String, long[]> shapes(Layer layer) {
            SparseGpModel model = ((SparseGpOutputLayer) layer).model();
            Map<String, long[]> shapes = new LinkedHashMap<>();
            named(SparseGpParameters.zeros(model))
                    .forEach((name, rows) -> shapes.put(name, new long[] {rows.length, rows[0].length}));
            return shapes;
        }
    }

    /** Values of the layer; {@code nOut} is the number of neurons. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends FeedForwardLayer.Builder<Builder> {
        private final Manifold manifold;
        private int timePoints;
        private int burnIn;
        private int inducing = 15;
        private Likelihood likelihood = Likelihood.GAUSSIAN;
        private KernelFamily kernel = KernelFamily.SQUARED_EXPONENTIAL;
        private boolean sharedKernel;
        private boolean ard;
        private boolean collapsed;
        private double jitter = 1e-6;
        private double binWidth = 1;
        private double initialLengthScale = 1;
        private double initialVariance = 1;
        private double initialNoise = 1;
        private int threads;

        /** For latents on a manifold. */
        public Builder(Manifold manifold) {
            this.manifold = Objects.requireNonNull(manifold, "manifold");
        }

        /** Number of times T in all data. */
        public Builder timePoints(int value) {
            timePoints = value;
            return this;
        }

        /** Iterations with fixed variances, as in the latent layer; by default 0. */
        public Builder burnIn(int value) {
            burnIn = value;
            return this;
        }

        /** Number of inducing points M; by default 15. */
        public Builder inducing(int value) {
            inducing = value;
            return this;
        }

        /** Likelihood; by default Gaussian. */
        public Builder likelihood(Likelihood value) {
            likelihood = value;
            return this;
        }

        /** Kernel; by default squared exponential. */
        public Builder kernel(KernelFamily value) {
            kernel = value;
            return this;
        }

        /** Distance in the kernel; only the chordal one, which is the default, gives covariances. */
        public Builder distance(KernelDistance value) {
            value.requirePositiveSemidefinite();
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

        /** Whether the inducing values are integrated out; by default not. */
        public Builder collapsed(boolean value) {
            collapsed = value;
            return this;
        }

        /** Added to the diagonals of kernel matrices; by default 1e-6, raised where that is not enough. */
        public Builder jitter(double value) {
            jitter = value;
            return this;
        }

        /** Length \(\Delta\) of a time for Poisson counts, in the unit in which rates are wanted; by default 1. */
        public Builder binWidth(double value) {
            binWidth = value;
            return this;
        }

        /** First length scale, in units of the chordal distance; by default 1. */
        public Builder initialLengthScale(double value) {
            initialLengthScale = value;
            return this;
        }

        /** First variance of the tuning; by default 1. */
        public Builder initialVariance(double value) {
            initialVariance = value;
            return this;
        }

        /** First standard deviation of Gaussian noise; by default 1. */
        public Builder initialNoise(double value) {
            initialNoise = value;
            return this;
        }

        /** Threads; by default as many as there are processors. Results do not depend on it. */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        @Override
        public SparseGpOutputLayer build() {
            return new SparseGpOutputLayer(this);
        }
    }
}
