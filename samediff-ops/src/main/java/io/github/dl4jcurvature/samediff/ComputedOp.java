/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.imports.NoOpNameFoundException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOpDescriptor;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An operation of a SameDiff graph that is computed in Java.
 *
 * <p>A session asks an operation for the shapes of its outputs before it runs it, and hands over the inputs. That is when
 * the outputs are computed; they then take the place of the inputs, and what the session runs natively is
 * {@code identity_n}, which copies them. Operations hold nothing but what is in their string arguments, which survive
 * saving and the copy that the host makes of each operation for the backward pass; a computation depends on its inputs
 * only, so that one operation may run in several threads.
 */
abstract class ComputedOp extends DynamicCustomOp {
    private static final String COPY = "identity_n";

    ComputedOp() {}

    ComputedOp(SameDiff graph, SDVariable... inputs) {
        super(null, graph, inputs);
    }

    /** The outputs, outside any workspace. */
    abstract List<INDArray> compute(List<INDArray> inputs);

    /** A constant, because the host asks for it before the constructor has run. */
    @Override
    public abstract String opName();

    @Override
    public Op.Type opType() {
        return Op.Type.CUSTOM;
    }

    @Override
    public long opHash() {
        return getDescriptor().getHash();
    }

    @Override
    public CustomOpDescriptor getDescriptor() {
        return Objects.requireNonNull(
                Nd4j.getExecutioner().getCustomOperations().get(COPY), COPY);
    }

    @Override
    public List<LongShapeDescriptor> calculateOutputShape() {
        throw new UnsupportedOperationException(
                "%s runs inside a SameDiff graph only; for arrays call Equation.solve or MatrixEquations"
                        .formatted(opName()));
    }

    @Override
    public List<LongShapeDescriptor> calculateOutputShape(OpContext context) {
        requireHostMemory();
        List<INDArray> outputs = compute(context.getInputArrays());
        context.purge(); // inputs beyond the number of outputs would stay
        List<LongShapeDescriptor> shapes = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            INDArray output = outputs.get(i);
            context.setInputArray(i, output);
            shapes.add(LongShapeDescriptor.fromShape(output.shape(), output.dataType()));
        }
        return shapes;
    }

    /** In eager mode the host runs an operation while the graph is built. */
    @Override
    public void computeArrays() {
        if (!sameDiff.isEagerMode()) {
            return;
        }
        requireHostMemory();
        List<INDArray> inputs = new ArrayList<>();
        for (SDVariable variable : args()) {
            INDArray array = variable.getArr();
            if (array == null) {
                return;
            }
            inputs.add(array);
        }
        List<INDArray> outputs = compute(inputs);
        for (int i = 0; i < outputs.size(); i++) {
            outputVariables[i].setShape(outputs.get(i).shape());
            sameDiff.setEagerArrForVarName(outputVariables[i].name(), outputs.get(i));
        }
    }

    private void requireHostMemory() {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        if (!backend.equals("CpuBackend")) {
            throw new UnsupportedOperationException(
                    "%s needs arrays in host memory but the ND4J backend is %s; use nd4j-native"
                            .formatted(opName(), backend));
        }
    }

    @Override
    public Map<String, Object> propertiesForFunction() {
        return Map.of();
    }

    @Override
    public void setPropertiesForFunction(Map<String, Object> properties) {
        // string arguments hold everything
    }

    @Override
    public void configureFromArguments() {
        // string arguments are read when they are needed
    }

    @Override
    public String onnxName() {
        throw new NoOpNameFoundException(opName() + " is unknown to ONNX");
    }

    @Override
    public String tensorflowName() {
        throw new NoOpNameFoundException(opName() + " is unknown to TensorFlow");
    }
}
