/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.Objects;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Configuration of layers that draw S samples \(g = \mu \cdot \mathrm{Exp}(x)\), \(x \sim N(0, L L^\top)\), of the latents of the
 * times in a batch. The output [b, S e] holds the samples of a time one after another; outside training every sample is the mean.
 *
 * <p>The divergence of the latents from their prior, for a time on average, is part of the network's score and of its gradients.
 * During the first {@code burnIn} iterations there is no entropy and covariances stay as they are.
 */
@SuppressWarnings("overrides") // the host's layers define hash codes of their own
public abstract class LatentLayer extends ManifoldLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int samples;

    @JsonProperty
    private TangentCovariance covariance = TangentCovariance.FULL;

    @JsonProperty
    private LatentPrior prior = LatentPrior.UNIFORM;

    @JsonProperty
    private double smallestDeviation;

    @JsonProperty
    private double initialDeviation;

    @JsonProperty
    private int images;

    @JsonProperty
    private boolean fixedNoise;

    /** For deserialisation. */
    LatentLayer() {}

    LatentLayer(Builder<?> builder) {
        super(builder);
        manifold = builder.manifold;
        timePoints = builder.timePoints;
        burnIn = builder.burnIn;
        samples = builder.samples;
        covariance = builder.covariance;
        prior = builder.prior;
        smallestDeviation = builder.smallestDeviation;
        initialDeviation =
                Double.isNaN(builder.initialDeviation) ? manifold.initialDeviation() : builder.initialDeviation;
        images = builder.images < 0 ? manifold.defaultImages() : builder.images;
        fixedNoise = builder.fixedNoise;
        threads = builder.threads;
        setNOut((long) samples * manifold.embeddingSize());
    }

    /** Samples of each latent, S. */
    public final int getSamples() {
        return samples;
    }

    /** Prior over time. */
    public final LatentPrior getPrior() {
        return prior;
    }

    /** Whether the noise is the same in all iterations. */
    public final boolean isFixedNoise() {
        return fixedNoise;
    }

    FactorParameters factors() {
        return new FactorParameters(manifold, covariance, smallestDeviation);
    }

    LatentModel model() {
        return new LatentModel(manifold, factors(), images, prior);
    }

    double[] initialFactor() {
        return factors().isotropic(initialDeviation);
    }

    @Override
    void requireValid() {
        requirePositive("timePoints", timePoints, "give the number of rows of the data");
        requirePositive("samples", samples, "16 are enough for most data");
        requirePositive("initialDeviation", initialDeviation, "leave it out for the manifold's own");
        if (!(smallestDeviation >= 0 && smallestDeviation < initialDeviation)) {
            throw new IllegalArgumentException(
                    "smallestDeviation of layer '%s' is %s but must be at least 0 and below initialDeviation, %s"
                            .formatted(getLayerName(), smallestDeviation, initialDeviation));
        }
        prior.requireDefinedOn(manifold);
        for (Manifold factor : manifold.factors()) {
            if (factor instanceof Torus && covariance == TangentCovariance.FULL) {
                Torus.requireFewTerms(factor.dimension(), images);
            }
        }
    }

    @Override
    public final InputType getOutputType(int layerIndex, InputType inputType) {
        return InputType.feedForward(getNOut());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LatentLayer that
                && getClass() == that.getClass()
                && super.equals(that)
                && manifold.equals(that.manifold)
                && timePoints == that.timePoints
                && burnIn == that.burnIn
                && samples == that.samples
                && covariance == that.covariance
                && prior == that.prior
                && smallestDeviation == that.smallestDeviation
                && initialDeviation == that.initialDeviation
                && images == that.images
                && fixedNoise == that.fixedNoise
                && threads == that.threads;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                super.hashCode(),
                manifold,
                timePoints,
                burnIn,
                samples,
                covariance,
                prior,
                smallestDeviation,
                initialDeviation,
                images,
                fixedNoise,
                threads);
    }

    /**
     * Values of a layer.
     *
     * @param <T> the builder
     */
    @SuppressWarnings("unchecked")
    public abstract static class Builder<T extends Builder<T>> extends FeedForwardLayer.Builder<T> {
        private final Manifold manifold;
        private int timePoints;
        private int burnIn;
        private int samples = 16;
        private TangentCovariance covariance = TangentCovariance.FULL;
        private LatentPrior prior = LatentPrior.UNIFORM;
        private double smallestDeviation = 0.01;
        private double initialDeviation = Double.NaN;
        private int images = -1;
        private boolean fixedNoise;
        private int threads;

        Builder(Manifold manifold) {
            this.manifold = Objects.requireNonNull(manifold, "manifold");
        }

        /** Number of times T in all data. */
        public T timePoints(int value) {
            timePoints = value;
            return (T) this;
        }

        /** Iterations without entropy and with fixed covariances; by default 0. Too few fold a ring, 150 suit one dimension. */
        public T burnIn(int value) {
            burnIn = value;
            return (T) this;
        }

        /** Samples S of each latent in an iteration; by default 16. */
        public T samples(int value) {
            samples = value;
            return (T) this;
        }

        /** Form of the tangent covariances; by default full. On S2 they are always isotropic. */
        public T covariance(TangentCovariance value) {
            covariance = value;
            return (T) this;
        }

        /** Prior over time; by default independent and uniform. */
        public T prior(LatentPrior value) {
            prior = value;
            return (T) this;
        }

        /** Floor of standard deviations, in units of tangent vectors; by default 0.01. */
        public T smallestDeviation(double value) {
            smallestDeviation = value;
            return (T) this;
        }

        /** First standard deviation, in units of tangent vectors; by default that of the published protocol for the manifold. */
        public T initialDeviation(double value) {
            initialDeviation = value;
            return (T) this;
        }

        /** Wraps on either side in densities; by default 3, on rotations 5. */
        public T images(int value) {
            images = value;
            return (T) this;
        }

        /** Takes the same noise in all iterations, for checks of gradients; by default false. */
        public T fixedNoise(boolean value) {
            fixedNoise = value;
            return (T) this;
        }

        /** Threads that draw; by default as many as there are processors. Results do not depend on it. */
        public T threads(int value) {
            threads = value;
            return (T) this;
        }
    }
}
