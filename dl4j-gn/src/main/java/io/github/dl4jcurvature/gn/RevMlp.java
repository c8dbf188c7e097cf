/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Objects;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Whole configurations of reversible multilayer perceptrons.
 *
 * <pre>{@code
 * MultiLayerNetwork network = new MultiLayerNetwork(RevMlp.builder()
 *         .nIn(64).nOut(10).blocks(2).hiddenSize(1024).updater(new GaussNewton(0.5)).build());
 * network.init();
 * network.fit(iterator);
 * }</pre>
 *
 * <p>Source: Buffelli et al. (NeurIPS 2024, arXiv 2411.07979).
 */
public final class RevMlp {
    private RevMlp() {}

    /**
     * Starts with two blocks of 1024 hidden ReLUs in double precision, {@code LossMCXENT}, gradients as residuals, an
     * orthonormal readout and full Gauss-Newton steps.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Values of a network. */
    public static final class Builder {
        private long nIn;
        private long nOut;
        private long width;
        private int blocks = 2;
        private long hiddenSize = 1024;
        private boolean hasBias = true;
        private IActivation activation = Activation.RELU.getActivationFunction();
        private ILossFunction loss = new LossMCXENT();
        private ResidualMode mode = ResidualMode.IDENTITY;
        private double damping;
        private IUpdater updater = new GaussNewton();
        private boolean stacked;
        private int checkpointEvery;
        private boolean trainableReadout;
        private long seed = 12345;
        private DataType dataType = DataType.DOUBLE;

        private Builder() {}

        /**
         * Sets the number of inputs.
         *
         * @param inputs columns of the features
         * @return this
         */
        public Builder nIn(long inputs) {
            nIn = positive("number of inputs", inputs);
            return this;
        }

        /**
         * Sets the number of outputs.
         *
         * @param outputs columns of the labels, not more than the width
         * @return this
         */
        public Builder nOut(long outputs) {
            nOut = positive("number of outputs", outputs);
            return this;
        }

        /**
         * Sets the width of the reversible layers, which a trained layer brings the inputs to if they are not as many.
         *
         * @param d even; by default the number of inputs
         * @return this
         */
        public Builder width(long d) {
            width = positive("width", d);
            return this;
        }

        /**
         * Sets the number of reversible blocks.
         *
         * @param number at least 1
         * @return this
         */
        public Builder blocks(int number) {
            blocks = (int) positive("number of blocks", number);
            return this;
        }

        /**
         * Sets the width of the hidden activations of each block.
         *
         * @param m at least the batch size less 1 for exact steps; 0 for none
         * @return this
         */
        public Builder hiddenSize(long m) {
            hiddenSize = m;
            return this;
        }

        /**
         * Sets whether blocks have biases.
         *
         * @param bias by default true
         * @return this
         */
        public Builder hasBias(boolean bias) {
            hasBias = bias;
            return this;
        }

        /**
         * Sets the activation of the blocks.
         *
         * @param function elementwise
         * @return this
         */
        public Builder activation(Activation function) {
            activation = function.getActivationFunction();
            return this;
        }

        /**
         * Sets the loss; with {@link GaussNewton} it is wrapped in a {@link GaussNewtonLoss}.
         *
         * @param function {@code LossMCXENT}, {@code LossBinaryXENT} or {@code LossMSE}
         * @return this
         */
        public Builder loss(ILossFunction function) {
            loss = Objects.requireNonNull(function, "loss must not be null; use new LossMCXENT()");
            return this;
        }

        /**
         * Sets what gradients are divided by.
         *
         * @param residualMode {@link ResidualMode#IDENTITY} or {@link ResidualMode#EXACT}
         * @return this
         */
        public Builder residual(ResidualMode residualMode) {
            mode = residualMode;
            damping = 0;
            return this;
        }

        /**
         * Divides gradients by the damped Hessian of the loss.
         *
         * @param lambda \(\lambda\), positive
         * @return this
         */
        public Builder dampedResidual(double lambda) {
            mode = ResidualMode.DAMPED;
            damping = lambda;
            return this;
        }

        /**
         * Sets the updater.
         *
         * @param value {@link GaussNewton}, or any of the host
         * @return this
         */
        public Builder updater(IUpdater value) {
            updater = Objects.requireNonNull(value, "updater must not be null; use new GaussNewton(0.5)");
            return this;
        }

        /**
         * Puts all blocks into one {@link ReversibleStack}.
         *
         * @param everyBlocks after how many blocks activations are kept; 0 for never
         * @return this
         */
        public Builder stacked(int everyBlocks) {
            stacked = true;
            checkpointEvery = everyBlocks;
            return this;
        }

        /**
         * Sets whether the readout is trained.
         *
         * @param trained by default false: orthonormal and fixed
         * @return this
         */
        public Builder trainableReadout(boolean trained) {
            trainableReadout = trained;
            return this;
        }

        /**
         * Sets the seed of the initial parameters.
         *
         * @param value any number but 0
         * @return this
         * @throws IllegalArgumentException if the value is 0, which the host takes for no seed
         */
        public Builder seed(long value) {
            if (value == 0) {
                throw new IllegalArgumentException(
                        "seed is 0 but must be another number, since the host takes 0 for no seed and draws other parameters each time; use 1");
            }
            seed = value;
            return this;
        }

        /**
         * Sets the type of parameters and activations.
         *
         * @param type {@code DOUBLE} or {@code FLOAT}
         * @return this
         */
        public Builder dataType(DataType type) {
            dataType = type;
            return this;
        }

        /**
         * Builds the configuration, checked and prepared.
         *
         * @return to build a {@code MultiLayerNetwork} from
         * @throws IllegalArgumentException if values are missing or do not go together
         */
        public MultiLayerConfiguration build() {
            positive("number of inputs", nIn);
            positive("number of outputs", nOut);
            long d = width == 0 ? nIn : width;
            if (d % 2 != 0) {
                throw new IllegalArgumentException(
                        "width is %d but must be even; set width(%d), or append a column of zeros to the data"
                                .formatted(d, d + 1));
            }
            NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                    .seed(seed)
                    .dataType(dataType)
                    .updater(updater)
                    .activation(activation)
                    .list();
            if (d != nIn) {
                list.layer(new TrainableInput.Builder()
                        .nIn(nIn)
                        .nOut(d)
                        .hiddenSize(hiddenSize)
                        .weightInit(WeightInit.XAVIER)
                        .build());
            }
            addBlocks(list, d);
            addReadout(list, d);
            boolean gaussNewton = updater instanceof GaussNewton;
            ILossFunction used = gaussNewton ? new GaussNewtonLoss(loss, mode, damping) : loss;
            MultiLayerConfiguration configuration = list.layer(new LossLayer.Builder()
                            .lossFunction(used)
                            .activation(outputActivation())
                            .build())
                    .build();
            return gaussNewton ? GaussNewtonSpan.prepare(configuration) : configuration;
        }

        private void addBlocks(NeuralNetConfiguration.ListBuilder list, long d) {
            if (stacked) {
                list.layer(new ReversibleStack.Builder()
                        .nIn(d)
                        .nOut(d)
                        .blocks(blocks)
                        .checkpointEvery(checkpointEvery)
                        .hiddenSize(hiddenSize)
                        .hasBias(hasBias)
                        .build());
                return;
            }
            for (int l = 0; l < blocks; l++) {
                list.layer(new ReversibleCouplingLayer.Builder()
                        .nIn(d)
                        .nOut(d)
                        .hiddenSize(hiddenSize)
                        .hasBias(hasBias)
                        .build());
            }
        }

        private void addReadout(NeuralNetConfiguration.ListBuilder list, long d) {
            if (trainableReadout) {
                list.layer(new TrainableReadout.Builder()
                        .nIn(d)
                        .nOut(nOut)
                        .weightInit(WeightInit.XAVIER)
                        .build());
            } else if (nOut != d) {
                list.layer(new OrthonormalReadout.Builder().nIn(d).nOut(nOut).build());
            }
        }

        private Activation outputActivation() {
            return switch (GaussNewtonLoss.likelihood(loss)) {
                case CATEGORICAL -> Activation.SOFTMAX;
                case BERNOULLI -> Activation.SIGMOID;
                case GAUSSIAN -> Activation.IDENTITY;
            };
        }

        private static long positive(String name, long number) {
            if (number < 1) {
                throw new IllegalArgumentException("%s is %d but must be at least 1; set it".formatted(name, number));
            }
            return number;
        }
    }
}
