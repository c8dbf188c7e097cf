/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.deeplearning4j.nn.api.Layer;
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

/**
 * Blocks in the host's passes: gradients go back through the transposed Jacobian, or tangents through the inverse one.
 *
 * <p>With a {@link GaussNewton} updater epsilon is the wanted change of the output, [n, d], and what is returned that of
 * the input.
 */
public final class ReversibleLayerImpl extends BaseLayer<ReversibleLayer> implements GaussNewtonAware {
    private final transient Map<Integer, INDArray> kept = new HashMap<>();
    private final transient StepWatch watch = new StepWatch();
    private transient @Nullable INDArray output;
    private transient @Nullable INDArray activated;

    ReversibleLayerImpl(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public boolean updaterDivideByMinibatch(String parameter) {
        return !isGaussNewton();
    }

    private boolean isGaussNewton() {
        return layerConf().getIUpdater() instanceof GaussNewton;
    }

    @Override
    public List<BlockReport> reports() {
        return watch.reports();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        LayerInput.require(input, layerConf());
        applyDropOutIfNecessary(training, workspaces);
        INDArray x = input.castTo(dataType);
        INDArray y = workspaces
                .createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), 'c')
                .assign(x);
        kept.clear();
        int every = layerConf().keepEvery();
        List<CouplingBlock> blocks = blocks();
        for (int l = 0; l < blocks.size(); l++) {
            if (training && l > 0 && every > 0 && l % every == 0) {
                kept.put(l, workspaces.dup(ArrayType.ACTIVATIONS, y, 'c'));
            }
            CouplingBlock block = blocks.get(l);
            BlockScratch.run(() -> block.forward(y));
        }
        output = y;
        activated = input;
        return y;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (output == null || activated != input) {
            throw new IllegalStateException(
                    "layer '%s' was given another input since its last forward pass; call activate before backpropGradient"
                            .formatted(layerConf().getLayerName()));
        }
        List<CouplingBlock> blocks = blocks();
        INDArray back = workspaces
                .createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, epsilon.shape(), 'c')
                .assign(epsilon);
        INDArray state = workspaces.dup(ArrayType.BP_WORKING_MEM, Objects.requireNonNull(output), 'c');
        GaussNewton updater = layerConf().getIUpdater() instanceof GaussNewton gaussNewton ? gaussNewton : null;
        if (updater != null) {
            watch.begin(updater, this, maskArray != null);
            watch.requireIndependent(
                    updater,
                    layerConf().getLayerName(),
                    input,
                    layerConf().features() + (layerConf().hasBias() ? 1 : 0));
        }
        for (int l = blocks.size() - 1; l >= 0; l--) {
            int index = l;
            BlockScratch.run(() -> {
                CouplingPoint point = index == 0
                        ? blocks.get(0).atInput(input.castTo(dataType))
                        : blocks.get(index).atOutput(state);
                if (updater == null) {
                    point.pullBackGradient(back, gradients(index));
                } else {
                    step(index, point, back, updater);
                    point.pullBackTangent(back);
                }
            });
            INDArray exact = kept.get(l);
            if (exact != null) {
                state.assign(exact);
            }
        }
        Gradient gradient = new DefaultGradient(gradientsFlattened);
        gradientViews.forEach((name, view) -> {
            if (MatrixParameters.isFixed(name)) {
                view.assign(0); // fixed: the host subtracts what is here
            }
            gradient.gradientForVariable().put(name, view);
        });
        return new Pair<>(gradient, backpropDropOutIfPresent(back));
    }

    private void step(int l, CouplingPoint point, INDArray tangent, GaussNewton updater) {
        try (BlockStep step = point.gaussNewton(tangent, updater.solver(dataType))) {
            double weight = updater.relativeWeight(l);
            StepViews.write(step.f(), weight, view(l, "Wf"), gradientViews.get(name(l, "bf")));
            StepViews.write(step.g(), weight, view(l, "Wg"), gradientViews.get(name(l, "bg")));
            watch.add(step.report());
        }
    }

    private BlockGradients gradients(int l) {
        return new BlockGradients(
                view(l, "Wf"), gradientViews.get(name(l, "bf")), view(l, "Wg"), gradientViews.get(name(l, "bg")));
    }

    private INDArray view(int l, String name) {
        return Objects.requireNonNull(gradientViews.get(name(l, name)));
    }

    private String name(int l, String name) {
        return name + layerConf().suffix(l);
    }

    private List<CouplingBlock> blocks() {
        List<CouplingBlock> blocks = new ArrayList<>();
        for (int l = 0; l < layerConf().blocks(); l++) {
            blocks.add(new CouplingBlock(function(l, "f"), function(l, "g")));
        }
        return blocks;
    }

    private CouplingFunction function(int l, String half) {
        return new CouplingFunction(
                params.get(name(l, "V" + half)),
                Objects.requireNonNull(params.get(name(l, "W" + half))),
                params.get(name(l, "b" + half)),
                layerConf().getActivationFn());
    }

    /**
     * The input that has a given output.
     *
     * @param y output, [n, d]
     * @return X, [n, d], fresh; errs by rounding that grows with the weights and the number of blocks
     * @throws IllegalArgumentException if the shape does not fit
     */
    public INDArray inverse(INDArray y) {
        if (y.rank() != 2 || y.size(1) != layerConf().getNIn()) {
            throw new IllegalArgumentException("y has shape %s but must have shape [examples, %d]"
                    .formatted(Arrays.toString(y.shape()), layerConf().getNIn()));
        }
        INDArray x = y.castTo(dataType).dup('c');
        List<CouplingBlock> blocks = blocks();
        for (int l = blocks.size() - 1; l >= 0; l--) {
            CouplingBlock block = blocks.get(l);
            BlockScratch.run(() -> block.inverse(x));
        }
        return x;
    }

    /**
     * How well an input is recovered from its output.
     *
     * @param x input, [n, d]
     * @param tolerance largest error relative to the largest element of x, positive
     * @return the largest error relative to the largest element of x
     * @throws IllegalStateException if it exceeds the tolerance
     * @throws IllegalArgumentException if the shape does not fit
     */
    public double checkInvertibility(INDArray x, double tolerance) {
        INDArray y = x.castTo(dataType).dup('c');
        for (CouplingBlock block : blocks()) {
            BlockScratch.run(() -> block.forward(y));
        }
        double size = Math.max(x.amaxNumber().doubleValue(), Double.MIN_NORMAL);
        double error = inverse(y).subi(x).amaxNumber().doubleValue() / size;
        if (!(error <= tolerance)) {
            throw new IllegalStateException(
                    "inputs are recovered from outputs with a relative error of %.3g but %.3g is allowed; use double precision, checkpoints or smaller weights"
                            .formatted(error, tolerance));
        }
        return error;
    }

    @Override
    public Layer clone() {
        throw new UnsupportedOperationException("layers are not copied one by one; clone the network");
    }

    @Override
    public void clear() {
        super.clear();
        kept.clear();
        output = null;
        activated = null;
    }
}
