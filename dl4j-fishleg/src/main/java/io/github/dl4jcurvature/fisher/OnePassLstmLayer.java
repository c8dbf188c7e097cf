/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Objects;

import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.LSTM;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The host's LSTM layer with the time index last, whose training passes run as {@link LstmRecursion} unless a mask is set: the host
 * would compute the forward pass a second time on the way back.
 */
final class OnePassLstmLayer extends LSTM {
    private static final long serialVersionUID = 1L;

    private final transient Squashing activation;
    private final transient Squashing gate;
    private transient @Nullable LstmRecursion recursion;
    private transient boolean recursive;
    private transient @Nullable INDArray hidden;
    private transient @Nullable LstmRows rows;
    private transient @Nullable LstmRows spare;
    private transient boolean gradientSkipped;

    OnePassLstmLayer(NeuralNetConfiguration conf, DataType type, Squashing activation, Squashing gate) {
        super(conf, type);
        this.activation = activation;
        this.gate = gate;
    }

    /** Inputs and errors of the last pass back; null if it was the host's. */
    @Nullable
    LstmRows rows() {
        return rows;
    }

    /**
     * Whether passes back leave out the gradient of the parameters, whose views then keep what they hold. The rows of such a pass
     * are valid until the next one.
     */
    void skipGradient(boolean skip) {
        gradientSkipped = skip;
    }

    @Override
    public INDArray activate(INDArray sequences, boolean training, LayerWorkspaceMgr workspaces) {
        setInput(sequences, workspaces);
        return activate(training, workspaces);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        recursive = training && maskArray == null && workspaces.getWorkspaceName(ArrayType.ACTIVATIONS) != null;
        if (!recursive) {
            return super.activate(training, workspaces);
        }
        assertInputSet(false);
        INDArray w = getParam(LSTMParamInitializer.INPUT_WEIGHT_KEY);
        INDArray r = getParam(LSTMParamInitializer.RECURRENT_WEIGHT_KEY);
        INDArray x = dense(input.castTo(w.dataType())); // [N, nIn, T]
        if (recursion == null || !recursion.fits(w.dataType(), x.size(0), x.size(2))) {
            recursion = new LstmRecursion(w.dataType(), x.size(0), r.size(0), (int) x.size(2), activation, gate);
        }
        INDArray h = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, w.dataType(), new long[] {x.size(0), r.size(0), x.size(2)}, 'f');
        recursion.forward(x, w, r, getParam(LSTMParamInitializer.BIAS_KEY), h);
        hidden = h;
        return h;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        rows = null;
        if (!recursive || recursion == null || hidden == null) {
            return super.backpropGradient(epsilon, workspaces);
        }
        assertInputSet(true);
        INDArray w = getParam(LSTMParamInitializer.INPUT_WEIGHT_KEY);
        INDArray r = getParam(LSTMParamInitializer.RECURRENT_WEIGHT_KEY);
        INDArray errors = recursion.backward(epsilon.castTo(w.dataType()), r); // [N, 4 n, T]
        rows = rowsOf(input.castTo(w.dataType()), hidden, errors);
        INDArray below = workspaces.createUninitialized(
                ArrayType.ACTIVATION_GRAD, w.dataType(), new long[] {input.size(0), w.size(0), input.size(2)}, 'f');
        for (int t = 0; t < input.size(2); t++) {
            Gemm.multiply(1, LstmStep.at(errors, t), w.transpose(), 0, LstmStep.at(below, t));
        }
        return Pair.of(gradient(rows), below);
    }

    private LstmRows rowsOf(INDArray x, INDArray h, INDArray errors) {
        LstmRows target = gradientSkipped ? spare : null;
        if (target == null || !target.fits(x, errors)) {
            target = LstmRows.uninitialized(errors.dataType(), x.size(2), x.size(0), x.size(1), h.size(1));
        }
        spare = gradientSkipped ? target : spare;
        target.set(x, h, errors);
        return target;
    }

    /** The same sequence in order 'f' free of gaps, copied only if it is not so already. */
    private static INDArray dense(INDArray sequence) {
        return sequence.ordering() == 'f' && !sequence.isView() ? sequence : sequence.dup('f');
    }

    private Gradient gradient(LstmRows of) {
        Gradient gradient = new DefaultGradient();
        INDArray w = view(gradient, LSTMParamInitializer.INPUT_WEIGHT_KEY);
        INDArray r = view(gradient, LSTMParamInitializer.RECURRENT_WEIGHT_KEY);
        INDArray b = view(gradient, LSTMParamInitializer.BIAS_KEY);
        if (!gradientSkipped) {
            setGradient(of, w, r, b);
        }
        return gradient;
    }

    private static void setGradient(LstmRows of, INDArray w, INDArray r, INDArray b) {
        MatrixView e = MatrixView.of(of.errors());
        MatrixView inputs = MatrixView.of(of.inputs()).transposed(); // [nIn + n, T N]
        MatrixView ones = MatrixView.of(Nd4j.ones(e.dataType(), e.rows()));
        int split = (int) w.size(0);
        Gemm.multiply(1, inputs.rows(0, split), e, 0, MatrixView.of(w));
        Gemm.multiply(1, inputs.rows(split, inputs.rows()), e, 0, MatrixView.of(r));
        Gemm.multiplyVector(1, e.transposed(), ones, 0, MatrixView.of(b)); // the host takes ten times as long for a sum
    }

    private INDArray view(Gradient gradient, String key) {
        INDArray view = Objects.requireNonNull(gradientViews.get(key), key);
        gradient.gradientForVariable().put(key, view);
        return view;
    }
}
